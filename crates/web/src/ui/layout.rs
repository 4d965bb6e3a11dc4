//! The frame of a page: head, navigation, ribbon, switches, live region.

use maud::{DOCTYPE, Markup, html};

use super::glyph::{Glyph, glyph, icon, sprite, state_glyph};
use super::{PageCtx, Theme, assets, form};
use crate::i18n::{Lang, fmt, own_name, tag};

struct Entry {
    href: &'static str,
    glyph: Glyph,
    key: &'static str,
    chord: &'static str,
}

const MAIN: [Entry; 4] = [
    Entry { href: "/", glyph: Glyph::Home, key: "nav-home", chord: "h" },
    Entry { href: "/releases", glyph: Glyph::Release, key: "nav-releases", chord: "r" },
    Entry { href: "/calendar", glyph: Glyph::Calendar, key: "nav-calendar", chord: "c" },
    Entry { href: "/sites", glyph: Glyph::Site, key: "nav-sites", chord: "s" },
];
const CARE: [Entry; 3] = [
    Entry { href: "/runs", glyph: Glyph::Risk, key: "nav-runs", chord: "i" },
    Entry { href: "/notices", glyph: Glyph::Mail, key: "nav-notices", chord: "n" },
    Entry { href: "/documents", glyph: Glyph::Document, key: "nav-documents", chord: "d" },
];
const ORGANIZATION: [Entry; 4] = [
    Entry { href: "/processes", glyph: Glyph::Process, key: "nav-processes", chord: "p" },
    Entry { href: "/products", glyph: Glyph::Product, key: "nav-products", chord: "v" },
    Entry { href: "/people", glyph: Glyph::People, key: "nav-people", chord: "o" },
    Entry { href: "/record", glyph: Glyph::Shield, key: "nav-record", chord: "e" },
];

const SETTINGS: [Entry; 1] =
    [Entry { href: "/settings", glyph: Glyph::Settings, key: "nav-settings", chord: "t" }];

fn is_current(ctx: &PageCtx, href: &str) -> bool {
    let path = ctx.path.split('?').next().unwrap_or_default();
    if href == "/" {
        return path == "/";
    }
    path == href || path.strip_prefix(href).is_some_and(|rest| rest.starts_with('/'))
}

fn count(ctx: &PageCtx, href: &str) -> u64 {
    match href {
        "/" => ctx.counts.home,
        "/releases" => ctx.counts.releases,
        "/sites" => ctx.counts.sites,
        "/notices" => ctx.counts.notices,
        _ => 0,
    }
}

fn entries(ctx: &PageCtx, list: &[Entry]) -> Markup {
    html! {
        ul { @for e in list {
            li { a href=(e.href) data-chord=(e.chord) aria-current=[is_current(ctx, e.href).then_some("page")] {
                (glyph(e.glyph)) (ctx.t(e.key))
                @let n = count(ctx, e.href);
                @if n > 0 { span.n { (n) } }
            } }
        } }
    }
}

fn side(ctx: &PageCtx) -> Markup {
    html! {
        aside.side #menu { div.in-view {
            a.close href="#main" { (ctx.t("nav-close")) }
            a.brand href="/" { (icon(Glyph::Brand)) "Roadbook" }
            form action="/search" method="get" role="search" data-palette {
                label.vh for="find" { (ctx.t("nav-search")) }
                input.find #find type="search" name="q" placeholder=(ctx.t("nav-search")) autocomplete="off";
            }
            nav.nav aria-label=(ctx.t("nav-main")) {
                (entries(ctx, &MAIN))
                h2 { (ctx.t("nav-care")) }
                (entries(ctx, &CARE))
                h2 { (ctx.t("nav-organization")) }
                (entries(ctx, &ORGANIZATION))
                @if ctx.settings { (entries(ctx, &SETTINGS)) }
                @if ctx.demo {
                    h2 { (ctx.t("nav-demo")) }
                    (entries(ctx, &[Entry { href: "/outbox", glyph: Glyph::Outbox, key: "nav-outbox", chord: "u" }]))
                }
            }
            (me(ctx))
        } }
    }
}

fn me(ctx: &PageCtx) -> Markup {
    let clock = fmt::time(ctx.now, &ctx.zone);
    html! {
        details.me {
            summary {
                @if let Some(v) = &ctx.viewer {
                    span.av aria-hidden="true" { (v.initials) }
                    span { b { (v.name) } br; span.m { (ctx.place) ", " (clock) } }
                } @else {
                    span { (ctx.t("nav-preferences")) }
                }
            }
            div.prefs {
                @if ctx.viewer.is_some() { a.btn.sm href="/account" { (ctx.t("nav-account")) } }
                (language_switch(ctx))
                (theme_switch(ctx))
                @if ctx.viewer.is_some() {
                    form method="post" action="/sign-out" {
                        (form::hidden(ctx))
                        button.btn.sm type="submit" { (ctx.t("nav-sign-out")) }
                    }
                }
            }
        }
    }
}

/// The four languages as buttons of a form that works without scripts.
pub fn language_switch(ctx: &PageCtx) -> Markup {
    html! {
        form method="post" action="/preferences" {
            (form::hidden(ctx))
            input type="hidden" name="back" value=(ctx.path);
            fieldset {
                legend.m.s { (ctx.t("nav-language")) }
                div.langs { @for lang in Lang::ALL {
                    button.btn.sm type="submit" name="lang" value=(lang.code()) lang=(tag(lang)) aria-pressed=(if lang == ctx.lang { "true" } else { "false" }) { (own_name(lang)) }
                } }
            }
        }
    }
}

fn theme_switch(ctx: &PageCtx) -> Markup {
    html! {
        form method="post" action="/preferences" {
            (form::hidden(ctx))
            input type="hidden" name="back" value=(ctx.path);
            fieldset {
                legend.m.s { (ctx.t("nav-theme")) }
                div.seg { @for theme in Theme::ALL {
                    button type="submit" name="theme" value=(theme.code()) aria-pressed=(if theme == ctx.theme { "true" } else { "false" }) {
                        (ctx.t(match theme { Theme::Auto => "nav-theme-auto", Theme::Light => "nav-theme-light", Theme::Dark => "nav-theme-dark" }))
                    }
                } }
            }
        }
    }
}

fn bottom(ctx: &PageCtx) -> Markup {
    html! {
        nav.bot aria-label=(ctx.t("nav-main-phone")) {
            @for e in &MAIN {
                a href=(e.href) aria-current=[is_current(ctx, e.href).then_some("page")] { (icon(e.glyph)) (ctx.t(e.key)) }
            }
            a href="#menu" { (icon(Glyph::More)) (ctx.t("nav-more")) }
        }
    }
}

fn document(ctx: &PageCtx, title: &str, class: &str, body: Markup) -> Markup {
    let theme = (ctx.theme != Theme::Auto).then(|| ctx.theme.code());
    html! {
        (DOCTYPE)
        html lang=(tag(ctx.lang)) data-theme=[theme] {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width,initial-scale=1";
                meta name="color-scheme" content="light dark";
                meta name="referrer" content="same-origin";
                title { (title) " · Roadbook" }
                link rel="icon" href=(assets::icon()) type="image/svg+xml";
                link rel="stylesheet" href=(assets::css());
                script type="module" src=(assets::js()) {}
            }
            body class=[(!class.is_empty()).then_some(class)] data-live=[ctx.live.as_deref()]
                data-keys=(if ctx.shortcuts { "on" } else { "off" })
                data-t-palette=(ctx.t("palette-title")) data-t-nothing=(ctx.t("palette-nothing"))
                data-t-keys=(ctx.t("keys-title")) data-t-close=(ctx.t("action-close"))
                data-t-updated=(ctx.t("live-updated")) data-t-lost=(ctx.t("live-lost")) data-t-back=(ctx.t("live-back"))
                data-t-help=(ctx.t("keys-help")) {
                (sprite())
                a.skip href="#main" { (ctx.t("nav-skip")) }
                (body)
                div.vh #live aria-live="polite" role="status" {}
                div.toasts {}
            }
        }
    }
}

fn flash(ctx: &PageCtx) -> Markup {
    html! { @if let Some(f) = &ctx.flash {
        div class={ "flash c-" (f.state.code()) } role="status" { (state_glyph(f.state)) p { (f.text) } }
    } }
}

/// A page of a signed-in person.
pub fn layout(ctx: &PageCtx, title: &str, body: Markup) -> Markup {
    document(
        ctx,
        title,
        "",
        html! {
            div.app {
                (side(ctx))
                div {
                    @if ctx.demo {
                        div.ribbon role="region" aria-label=(ctx.t("demo-ribbon")) { b { (ctx.t("demo-ribbon")) } span { (ctx.t("demo-ribbon-detail")) } a href="/outbox" { (ctx.t("demo-ribbon-outbox")) } }
                    }
                    main #main tabindex="-1" { (flash(ctx)) (body) }
                }
            }
            (bottom(ctx))
        },
    )
}

/// A page without navigation: sign-in, set-up, a site's own page, the public page.
pub struct Solo<'a> {
    /// Title of the window.
    pub title: &'a str,
    /// Who speaks: the organization, or the product.
    pub from: &'a str,
    /// A wider column.
    pub wide: bool,
    /// Small print below.
    pub footer: Option<&'a str>,
}

/// Lays out a page without navigation.
pub fn solo(ctx: &PageCtx, page: &Solo<'_>, body: Markup) -> Markup {
    document(
        ctx,
        page.title,
        "solo",
        html! {
            div class=(if page.wide { "wrap mid" } else { "wrap" }) {
                header.top {
                    b { (icon(Glyph::Brand)) (page.from) }
                    details {
                        summary { (own_name(ctx.lang)) " (" (ctx.t("nav-change-language")) ")" }
                        div.langs-box { (language_switch(ctx)) }
                    }
                }
                main #main tabindex="-1" { (flash(ctx)) (body) }
                @if let Some(text) = page.footer { footer { (text) } }
            }
        },
    )
}
