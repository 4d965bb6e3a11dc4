//! Releases, and runs about anything else: the lists and the forms of new ones.

use super::changes;
use super::people::active;
use super::start::STARTER;
use super::visit::{Fields, Page, Refused, Sent, Signed, go};
use super::words::{self, encoded};
use crate::http::problem::Problem;
use crate::routes::{Access, Endpoint, get, post};
use crate::server::Web;
use crate::ui::form::{Choice, Field, Kind as Input, form_with};
use crate::ui::glyph::state_text;
use crate::ui::layout::layout;
use crate::ui::parts::{Btn, Chip, Col, Head, Row, Table, card, chips, empty, head, pager};
use crate::ui::{PageCtx, State as Glyph};
use axum::extract::{Query, State};
use axum::response::IntoResponse;
use maud::{Markup, html};
use roadbook_app::auth::Session;
use roadbook_app::processes::ProcessSummary;
use roadbook_app::products::VersionAsk;
use roadbook_app::releases::{NewRelease, NewReleaseItem, OPEN, ReleaseListItem};
use roadbook_app::sites::SiteListFilter;
use roadbook_app::{About, PageAsk, ReleaseFilter};
use roadbook_core::ids::{PersonId, ProductId, SiteId};
use roadbook_core::process::template::{Role, Subject};
use roadbook_core::release::Mode;
use roadbook_core::schedule::Period;
use roadbook_core::text::Text;
use roadbook_core::version::Level;
use serde::Deserialize;
use std::collections::BTreeMap;

pub(super) fn endpoints() -> Vec<Endpoint> {
    // Who may create depends on the product; the use case asks.
    let create = Access::SignedIn;
    vec![
        get("/releases", "show_releases", list).page(),
        get("/releases/new", "show_new_release", new).access(create).page(),
        post("/releases/new", "send_new_release", create_release).access(create).page(),
        get("/runs", "show_runs", list_runs).page(),
        get("/runs/new", "show_new_run", new_run).access(create).page(),
        post("/runs/new", "send_new_run", create_release).access(create).page(),
    ]
}

/// Releases of one page of the list.
const PAGE: usize = 50;

#[derive(Deserialize, Default)]
struct Asked {
    #[serde(default)]
    text: String,
    #[serde(default)]
    state: String,
    #[serde(default)]
    about: String,
    cursor: Option<String>,
}

impl Asked {
    fn about(&self, shelf: Shelf) -> About {
        match (shelf, Subject::parse(&self.about)) {
            (Shelf::Runs, Some(one)) if Shelf::Runs.holds(one) => About::Only(one),
            (shelf, _) => shelf.about(),
        }
    }

    fn address(&self, shelf: Shelf, state: &str, cursor: Option<&str>) -> String {
        let more = |name: &str, value: &str| match value {
            "" => String::new(),
            value => format!("&{name}={}", encoded(value)),
        };
        let (text, path) = (encoded(self.text.trim()), shelf.path());
        let about = more("about", &self.about);
        format!("{path}?state={state}&text={text}{about}{}", more("cursor", cursor.unwrap_or("")))
    }

    /// Open, closed, all.
    fn filters(&self, ctx: &PageCtx, shelf: Shelf) -> [Chip; 3] {
        let chip = |state: &str| Chip {
            label: ctx.t(&format!("releases-{state}")).into_owned(),
            href: self.address(shelf, state, None),
            current: self.state == state || (self.state.is_empty() && state == "open"),
        };
        [chip("open"), chip("closed"), chip("all")]
    }

    /// What the runs of a shelf may be about, where there is a choice.
    fn subjects(&self, ctx: &PageCtx, shelf: Shelf) -> Vec<Chip> {
        let others = Subject::ALL.into_iter().filter(|_| shelf == Shelf::Runs);
        others
            .filter(|it| shelf.holds(*it))
            .map(|it| Chip {
                label: ctx.t(&format!("subject-{}", it.name())).into_owned(),
                href: format!("{}?about={}", shelf.path(), it.name()),
                current: self.about == it.name(),
            })
            .collect()
    }
}

/// Releases stand on one shelf, everything else that runs by a process on the other.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Shelf {
    Releases,
    Runs,
}

impl Shelf {
    const fn path(self) -> &'static str {
        match self {
            Shelf::Releases => "/releases",
            Shelf::Runs => "/runs",
        }
    }

    /// Key of one of its texts: `title`, `sub`, `empty-title`, `empty-text`.
    fn key(self, part: &str) -> String {
        format!("{}-{part}", self.path().trim_start_matches('/'))
    }

    const fn new_keys(self) -> (&'static str, &'static str, &'static str) {
        match self {
            Shelf::Releases => ("home-new-release", "release-new-title", "release-new-submit"),
            Shelf::Runs => ("runs-new", "runs-new-title", "runs-new-submit"),
        }
    }

    const fn about(self) -> About {
        match self {
            Shelf::Releases => About::Releases,
            Shelf::Runs => About::Others,
        }
    }

    fn holds(self, subject: Subject) -> bool {
        subject.is_release() == (self == Shelf::Releases)
    }
}

fn states(asked: &str) -> Vec<String> {
    let names: &[&str] = match asked {
        "closed" => &["closed"],
        "all" => &[],
        _ => &OPEN,
    };
    names.iter().map(|it| (*it).to_owned()).collect()
}

async fn list(signed: Signed, Query(asked): Query<Asked>) -> Page {
    shelf(signed, asked, Shelf::Releases).await
}

async fn list_runs(signed: Signed, Query(asked): Query<Asked>) -> Page {
    shelf(signed, asked, Shelf::Runs).await
}

async fn shelf(signed: Signed, asked: Asked, shelf: Shelf) -> Page {
    let Signed { mut ctx, caller, web } = signed;
    ctx.live = Some("releases".to_owned());
    let fail = |error: roadbook_app::Error| Refused::new(ctx.clone(), error.into());
    let text = asked.text.trim();
    let filter = ReleaseFilter {
        states: states(&asked.state),
        text: (!text.is_empty()).then(|| text.to_owned()),
        about: asked.about(shelf),
        ..ReleaseFilter::default()
    };
    let path = shelf.path();
    let ask = PageAsk { cursor: asked.cursor.clone(), limit: PAGE as _ };
    let found = web.app.release_list(&caller.session.scope, &filter, &ask).await.map_err(fail)?;
    let (filters, subjects) = (asked.filters(&ctx, shelf), asked.subjects(&ctx, shelf));
    let shown = found.rows.len().to_string();
    let total = found.total.to_string();
    let shown =
        ctx.ta("list-shown", &[("shown", shown.as_str().into()), ("all", total.as_str().into())]);
    let next = found.next.as_deref().map(|it| asked.address(shelf, &asked.state, Some(it)));
    let title = ctx.t(&shelf.key("title"));
    let sub = ctx.t(&shelf.key("sub"));
    let fresh = || Btn::link(ctx.t(shelf.new_keys().0), format!("{path}/new")).primary();
    let body = html! {
        (head(&ctx, &Head { title: &title, sub: &sub, ..Head::default() }, html! {
            (fresh().key("n"))
        }))
        section.card data-live-id="releases" {
            div.ch {
                form.filters method="get" action=(path) role="search" {
                    input type="hidden" name="state" value=(asked.state);
                    @if !asked.about.is_empty() { input type="hidden" name="about" value=(asked.about); }
                    label.vh for="f-text" { (ctx.t("nav-search")) }
                    input.in type="search" id="f-text" name="text" value=(text) placeholder=(ctx.t("nav-search"));
                    button.btn.sm type="submit" { (ctx.t("action-filter")) }
                }
                div.acts {
                    (chips(&ctx.t("work-state"), &filters))
                    @if !subjects.is_empty() { (chips(&ctx.t("runs-about"), &subjects)) }
                }
            }
            @if found.rows.is_empty() {
                @if text.is_empty() && asked.state != "closed" { (empty(&ctx.t(&shelf.key("empty-title")), &ctx.t(&shelf.key("empty-text")), html! { (fresh()) })) }
                @else { (empty(&ctx.t("list-empty-filter"), "", html! { (Btn::link(ctx.t("list-clear-filter"), path)) })) }
            } @else {
                (table(&ctx, &found.rows, shelf))
                (pager(&ctx, &shown, None, next.as_deref()))
            }
        }
    };
    Ok(layout(&ctx, &title, body).into_response())
}

fn table(ctx: &PageCtx, rows: &[ReleaseListItem], shelf: Shelf) -> Markup {
    let title = ctx.t(&shelf.key("title"));
    let runs = shelf == Shelf::Runs;
    let line = |item: &ReleaseListItem| {
        let row = &item.row;
        let (state, words) = words::release_state(ctx, &row.state);
        let version = if runs {
            ctx.t(&format!("subject-{}", row.subject)).into_owned()
        } else {
            row.version.clone().unwrap_or_default()
        };
        let what = html! {
            a.t href={ "/releases/" (row.id) } { @if !runs { (version) " " } (row.title) } br;
            @if runs { span.m.s { (version) " · " } }
            span.m.s { (row.number) " · " (item.product) }
        };
        let go_live = html! {
            @if let Some(at) = row.go_live_at { (ctx.date_time(at)) " " span.m.s { (ctx.relative(at)) } }
            @else { span.m { (ctx.t("release-no-go-live")) } }
        };
        let due = html! {
            @if let Some(at) = row.next_due_at {
                @if at < ctx.now { (state_text(Glyph::AtRisk, &ctx.moment(at))) } @else { (ctx.moment(at)) }
            }
        };
        let mut cells = vec![what, state_text(state, &words)];
        cells.extend((!runs).then_some(go_live));
        cells.extend([html! { (item.lead) }, due]);
        Row::Cells(cells)
    };
    let first = if runs { "runs-about" } else { "releases-version" };
    let mut cols = vec![Col::new(ctx.t(first)), Col::new(ctx.t("work-state"))];
    cols.extend((!runs).then(|| Col::new(ctx.t("releases-go-live"))));
    cols.push(Col::new(ctx.t("release-new-lead")).labeled());
    cols.push(Col::new(ctx.t("work-due")).labeled());
    let table = Table { caption: &title, cols, rows: rows.iter().map(line).collect() };
    html! { (table) }
}

#[derive(Deserialize, Default)]
struct Chosen {
    #[serde(default)]
    product: String,
    #[serde(default)]
    process: String,
    /// The product and the process that stood there before somebody chose.
    #[serde(default)]
    of: String,
    #[serde(default)]
    was: String,
}

impl Chosen {
    /// The process that somebody chose: what was only proposed for another product is no choice.
    fn process(&self) -> &str {
        let proposed = self.process == self.was && self.product != self.of;
        if proposed { "" } else { &self.process }
    }
}

async fn new(signed: Signed, Query(chosen): Query<Chosen>) -> Page {
    new_on(signed, chosen, Shelf::Releases).await
}

async fn new_run(signed: Signed, Query(chosen): Query<Chosen>) -> Page {
    new_on(signed, chosen, Shelf::Runs).await
}

async fn new_on(signed: Signed, chosen: Chosen, shelf: Shelf) -> Page {
    let Signed { ctx, caller, web } = signed;
    let fail = |error: roadbook_app::Error| Refused::new(ctx.clone(), error.into());
    let body = new_form(&ctx, &web, &caller.session, &chosen, shelf).await.map_err(fail)?;
    let title = ctx.t(shelf.new_keys().1);
    let crumbs = vec![(ctx.t(&shelf.key("title")).into_owned(), Some(shelf.path().to_owned()))];
    let top = head(&ctx, &Head { crumbs, title: &title, ..Head::default() }, html! {});
    Ok(layout(&ctx, &title, html! { (top) (body) }).into_response())
}

async fn new_form(
    ctx: &PageCtx,
    web: &Web,
    session: &Session,
    chosen: &Chosen,
    shelf: Shelf,
) -> Result<Markup, roadbook_app::Error> {
    let call = session.call();
    let ask = PageAsk { cursor: None, limit: 200 };
    let products = web.app.product_list(&session.scope, &ask).await?.rows;
    let processes: Vec<_> = web
        .app
        .process_list(&call)
        .await?
        .into_iter()
        .filter(|it| shelf.holds(it.template.subject))
        .collect();
    if products.is_empty() {
        let add = Btn::link(ctx.t("products-add"), "/products").primary();
        return Ok(
            html! { section.card { (empty(&ctx.t("products-empty"), "", html! { (add) })) } },
        );
    }
    let product = products
        .iter()
        .find(|it| it.id.as_str() == chosen.product || it.key == chosen.product)
        .unwrap_or(&products[0]);
    let usual = web.app.processes_usual(&session.scope, &product.id, shelf.about()).await?;
    let process = [chosen.process()]
        .into_iter()
        .chain(usual.iter().map(String::as_str))
        .chain([STARTER])
        .find_map(|id| processes.iter().find(|it| it.id == id))
        .or(processes.first());
    let was = process.map_or("", |it| it.id.as_str());
    let pick = html! { section.card { div.cb {
        form.form method="get" action={ (shelf.path()) "/new" } {
            input type="hidden" name="of" value=(product.id);
            input type="hidden" name="was" value=(was);
            (Field::new(Input::Select(products.iter().map(|it| Choice::new(it.id.as_str(), &it.name)).collect()), "product", ctx.t("release-new-product")).value(product.id.as_str()).render(ctx))
            (Field::new(Input::Select(processes.iter().map(|it| Choice::new(&it.id, words::show(ctx, &it.template.title))).collect()), "process", ctx.t("release-new-process")).value(was).render(ctx))
            div.acts { button.btn type="submit" { (ctx.t("release-new-choose")) } }
        }
    } } };
    let nothing = if shelf == Shelf::Runs { "runs-no-process" } else { "processes-empty" };
    let Some(process) = process else {
        return Ok(html! { (pick) section.card { (empty(&ctx.t(nothing), "", html! {})) } });
    };
    let (hidden, fields) = release_fields(ctx, web, session, &product.id, process).await;
    let hidden: Vec<(&str, &str)> = hidden.iter().map(|it| (it.0, it.1.as_str())).collect();
    let submit = ctx.t(shelf.new_keys().2);
    let action = format!("{}/new", shelf.path());
    let title = format!("{} · {}", product.name, words::show(ctx, &process.template.title));
    Ok(html! {
        (pick)
        (card("new", &title, html! {}, html! { div.cb { (form_with(ctx, &action, &hidden, &fields, &submit)) } }))
    })
}

/// The fields of a new release: values that nobody sees, then what a person fills in.
pub(super) async fn release_fields(
    ctx: &PageCtx,
    web: &Web,
    session: &Session,
    product: &ProductId,
    process: &ProcessSummary,
) -> (Vec<(&'static str, String)>, Vec<Field>) {
    let subject = process.template.subject;
    if !subject.is_release() {
        return run_fields(ctx, web, session, product, process).await;
    }
    // The smallest step is the usual one; where it cannot be taken, the person writes the number.
    let ask = VersionAsk { level: Some(Level::Build), ..VersionAsk::default() };
    let next = web.app.version_next(&session.call(), product, ask).await.ok();
    let version = next.map(|it| it.explained.text).unwrap_or_default();
    let hint = if version.is_empty() {
        String::new()
    } else {
        ctx.ta("release-new-version-hint", &[("version", version.as_str().into())]).into_owned()
    };
    let mut fields = vec![
        Field::text("version", ctx.t("releases-version")).value(version).hint(hint),
        Field::text("title", ctx.t("release-new-title-field")),
    ];
    let accepts = process.template.accepts.clone().unwrap_or_default();
    let mut hidden = vec![("product", product.to_string()), ("process", process.id.clone())];
    match accepts.kinds.as_slice() {
        [] => {}
        [only] => hidden.push(("kind", only.clone())),
        many => {
            // Where the changes say it, nobody has to know the class beforehand.
            let by = (!process.template.classify.is_empty())
                .then(|| Choice::new("", ctx.t("release-kind-by-changes")));
            let first = if by.is_some() { "" } else { many[0].as_str() };
            let list = many.iter().map(|it| Choice::new(it, kind_words(ctx, it)));
            let list = by.into_iter().chain(list).collect();
            let kind = Field::new(Input::Select(list), "kind", ctx.t("release-new-kind"));
            fields.push(kind.value(first).optional());
        }
    }
    match accepts.modes.as_slice() {
        [] => {}
        [only] => hidden.push(("mode", only.clone())),
        many => {
            let list = many
                .iter()
                .map(|it| Choice::new(it, ctx.t(&format!("release-mode-{it}"))))
                .collect();
            fields.push(
                Field::new(Input::Select(list), "mode", ctx.t("release-new-mode")).value(&many[0]),
            );
            fields.push(Field::text("mode_reason", ctx.t("release-new-mode-reason")));
        }
    }
    fields.extend(changes::fields_of(ctx, &process.template, 0, None));
    fields.extend(last_fields(ctx, web, session, product, process).await);
    (hidden, fields)
}

/// The fields of a run that ships nothing.
async fn run_fields(
    ctx: &PageCtx,
    web: &Web,
    session: &Session,
    product: &ProductId,
    process: &ProcessSummary,
) -> (Vec<(&'static str, String)>, Vec<Field>) {
    let hidden = vec![("product", product.to_string()), ("process", process.id.clone())];
    let mut fields = vec![Field::text("title", ctx.t("release-new-title-field"))];
    if let Ok(Some(first)) = web.app.first_period(&process.template).await {
        fields.push(Field::text("period", ctx.t("runs-period")).value(first.to_string()));
    }
    if process.template.subject == Subject::Site {
        let ask = PageAsk { cursor: None, limit: 200 };
        let sites = web.app.site_list(&session.scope, &SiteListFilter::default(), &ask).await;
        let sites = sites.map(|it| it.rows).unwrap_or_default();
        let list = sites.iter().map(|it| Choice::new(it.site.id.as_str(), &it.site.name)).collect();
        fields.push(Field::new(Input::Select(list), "site", ctx.t("subject-site")));
    }
    fields.extend(last_fields(ctx, web, session, product, process).await);
    (hidden, fields)
}

/// What every form ends with: what it is about, and who does it.
async fn last_fields(
    ctx: &PageCtx,
    web: &Web,
    session: &Session,
    product: &ProductId,
    process: &ProcessSummary,
) -> Vec<Field> {
    let area = Input::Area { rows: 3, code: false };
    let mut fields = vec![Field::new(area, "content", ctx.t("release-new-content")).optional()];
    fields.extend(holders(ctx, web, session, product, process).await);
    fields
}

/// Somebody for each role that nobody holds, or the release would wait for ever.
async fn holders(
    ctx: &PageCtx,
    web: &Web,
    session: &Session,
    product: &ProductId,
    process: &ProcessSummary,
) -> Vec<Field> {
    let open = web.app.roles_unheld(product, &process.template).await.unwrap_or_default();
    let people = active(web, session).await.unwrap_or_default();
    let me = session.person.id.as_str();
    let field = |role: Role| {
        let list = people.iter().map(|it| Choice::new(&it.0, &it.1)).collect();
        Field::new(
            Input::Select(list),
            format!("{HOLDER}{}", role.id),
            words::show(ctx, &role.title),
        )
        .value(me)
        .hint(ctx.t("release-new-holder-hint"))
    };
    if people.is_empty() { Vec::new() } else { open.into_iter().map(field).collect() }
}

/// Begins the names of the fields that say who holds a role.
const HOLDER: &str = "holder-";

fn named(fields: &Fields) -> BTreeMap<String, Vec<PersonId>> {
    let of = |it: &(String, String)| {
        Some((it.0.strip_prefix(HOLDER)?.to_owned(), vec![PersonId::parse(&it.1).ok()?]))
    };
    fields.0.iter().filter_map(of).collect()
}

fn kind_words(ctx: &PageCtx, kind: &str) -> String {
    let key = format!("release-kind-{}", kind.replace('_', "-"));
    if ctx.tr().has(&key) { ctx.t(&key).into_owned() } else { kind.replace('_', " ") }
}

async fn create_release(State(web): State<Web>, sent: Sent) -> Page {
    let Sent { ctx, call, fields, .. } = sent;
    let product = ProductId::parse(&fields.text("product")).map_err(|_| {
        let problem = Problem::field("product", "required", "choose a product");
        Refused::new(ctx.clone(), problem)
    })?;
    let period = match fields.text("period").as_str() {
        "" => None,
        text => Some(Period::parse(text).ok_or_else(|| {
            let problem = Problem::field("period", "not_a_month", "write it as 2027-03");
            Refused::new(ctx.clone(), problem)
        })?),
    };
    let site = match fields.text("site").as_str() {
        "" => None,
        text => Some(SiteId::parse(text).map_err(|_| {
            Refused::new(ctx.clone(), Problem::field("site", "unknown", "choose a site"))
        })?),
    };
    let process = web.app.process_view(&call, &fields.text("process"), None).await;
    let items = match process {
        Ok(it) => changes::read(&ctx, &fields, &it.summary.template, &[]),
        // Which process it is, is refused where it is opened.
        Err(_) => Vec::new(),
    };
    let input = NewRelease {
        items: items.into_iter().map(NewReleaseItem::from).collect(),
        sites: site.into_iter().collect(),
        period,
        product: Some(product),
        process: fields.text("process"),
        version: fields.text("version"),
        title: fields.text("title"),
        kind: fields.text("kind"),
        mode: Mode::parse(&fields.text("mode")),
        mode_reason: fields.text("mode_reason"),
        content: fields.text("content"),
        requirements: Text::default(),
        roles: named(&fields),
        ..NewRelease::default()
    };
    let made = web.app.release_create(&call, input).await;
    let made = made.map_err(|error| Refused::new(ctx.clone(), error.into()))?;
    Ok(go(&format!("/releases/{}", made.id)))
}
