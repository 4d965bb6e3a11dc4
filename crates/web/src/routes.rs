//! The one list of routes. From it come the router, the OpenAPI document and the test that tries
//! every route as everybody: a route that is not listed does not exist.

use crate::server::Web;
use axum::handler::Handler;
use axum::routing::{MethodFilter, MethodRouter, on};
use roadbook_core::access::{Action, Kind};
use schemars::{JsonSchema, Schema, SchemaGenerator};

/// Who may come in at the door; the use case behind it asks again, with the thing at hand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// Everybody.
    Public,
    /// Who is signed in.
    SignedIn,
    /// Who may do this with a thing of this kind.
    Grant(Action, Kind),
    /// Whoever holds the link; its token stands in the path.
    Link,
    /// The agent of the site in the path, with its token. Such a route has its own door.
    Agent,
}

type SchemaOf = fn(&mut SchemaGenerator) -> Schema;

/// A route.
pub struct Endpoint {
    /// Method.
    pub method: &'static str,
    /// Path with `{names}`.
    pub path: &'static str,
    /// `verb_resource`.
    pub id: &'static str,
    /// What it does, in a sentence.
    pub summary: &'static str,
    /// Who may come in.
    pub access: Access,
    /// Shape of the request body.
    pub request: Option<SchemaOf>,
    /// Shape of the answer; pages have none.
    pub response: Option<SchemaOf>,
    /// Status when it went well.
    pub ok: u16,
    /// True for pages.
    pub page: bool,
    /// The answer is a file or a stream, not JSON.
    pub raw: bool,
    /// Media type of a file or stream that is answered.
    pub media: &'static str,
    /// The body is a file, not JSON.
    pub file: bool,
    /// Media type of such a body.
    pub body: &'static str,
    /// Query parameters.
    pub query: &'static [&'static str],
    /// Handler.
    pub handler: MethodRouter<Web>,
}

impl Endpoint {
    fn new<H, T>(method: &'static str, path: &'static str, id: &'static str, handler: H) -> Endpoint
    where
        H: Handler<T, Web>,
        T: 'static,
    {
        let filter = match method {
            "POST" => MethodFilter::POST,
            "PUT" => MethodFilter::PUT,
            "DELETE" => MethodFilter::DELETE,
            _ => MethodFilter::GET,
        };
        Endpoint {
            method,
            path,
            id,
            summary: "",
            access: Access::SignedIn,
            request: None,
            response: None,
            ok: 200,
            page: false,
            raw: false,
            media: "application/json",
            file: false,
            body: "application/octet-stream",
            query: &[],
            handler: on(filter, handler),
        }
    }

    /// Says what it does.
    pub fn says(mut self, summary: &'static str) -> Endpoint {
        self.summary = summary;
        self
    }

    /// Sets who may come in.
    pub fn access(mut self, access: Access) -> Endpoint {
        self.access = access;
        self
    }

    /// Sets the shape of the request.
    pub fn takes<T: JsonSchema>(mut self) -> Endpoint {
        self.request = Some(schemars::SchemaGenerator::subschema_for::<T>);
        self
    }

    /// Sets the shape of the answer.
    pub fn gives<T: JsonSchema>(mut self) -> Endpoint {
        self.response = Some(schemars::SchemaGenerator::subschema_for::<T>);
        self
    }

    /// Names the query parameters.
    pub fn asks(mut self, query: &'static [&'static str]) -> Endpoint {
        self.query = query;
        self
    }

    /// A new thing is made: 201.
    pub fn creates(mut self) -> Endpoint {
        self.ok = 201;
        self
    }

    /// The body is a file.
    pub fn uploads(mut self) -> Endpoint {
        self.file = true;
        self
    }

    /// The body is a list as CSV.
    pub fn lists(mut self) -> Endpoint {
        self.file = true;
        self.body = "text/csv";
        self
    }

    /// True when the body is a file.
    pub fn asks_file(&self) -> bool {
        self.file
    }

    /// The answer is a file or a stream of this media type.
    pub fn streams(mut self, media: &'static str) -> Endpoint {
        self.raw = true;
        self.media = media;
        self
    }

    /// It is a page or a form of a page.
    pub fn page(mut self) -> Endpoint {
        self.page = true;
        self
    }
}

/// A reading endpoint.
pub fn get<H, T>(path: &'static str, id: &'static str, handler: H) -> Endpoint
where
    H: Handler<T, Web>,
    T: 'static,
{
    Endpoint::new("GET", path, id, handler)
}

/// A changing endpoint.
pub fn post<H, T>(path: &'static str, id: &'static str, handler: H) -> Endpoint
where
    H: Handler<T, Web>,
    T: 'static,
{
    Endpoint::new("POST", path, id, handler)
}

/// A replacing endpoint.
pub fn put<H, T>(path: &'static str, id: &'static str, handler: H) -> Endpoint
where
    H: Handler<T, Web>,
    T: 'static,
{
    Endpoint::new("PUT", path, id, handler)
}

/// A removing endpoint.
pub fn delete<H, T>(path: &'static str, id: &'static str, handler: H) -> Endpoint
where
    H: Handler<T, Web>,
    T: 'static,
{
    Endpoint::new("DELETE", path, id, handler)
}

/// All routes.
pub fn all() -> Vec<Endpoint> {
    let mut list = crate::api::endpoints();
    list.extend(crate::pages::endpoints());
    list.extend(crate::ddi::endpoints());
    list
}
