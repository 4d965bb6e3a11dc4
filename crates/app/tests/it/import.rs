//! Lists: the files of three organizations as they are, and files that are wrong.

use crate::world::{World, product_input};
use roadbook_app::import::{ImportInput, ImportReport, ListKind, cell};
use roadbook_app::products::ProductInput;
use roadbook_app::sites::SiteListFilter;
use roadbook_app::{Error, Result};
use roadbook_core::ids::ProductId;
use roadbook_core::version::{CalVerRules, Scheme};
use roadbook_store::people::PersonFilter;
use roadbook_store::{PageAsk, Scope};
use std::path::PathBuf;

fn file(organization: &str, list: &str) -> Vec<u8> {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../tests/data");
    std::fs::read(root.join(organization).join(list)).unwrap()
}

async fn import(
    world: &World,
    kind: ListKind,
    bytes: &[u8],
    dry_run: bool,
) -> Result<ImportReport> {
    let input = ImportInput { kind, bytes: bytes.to_vec(), unit: None, dry_run };
    world.app.import(&world.admin().await, input).await
}

async fn products(world: &World, list: &[(&str, Scheme)]) -> Vec<ProductId> {
    let mut ids = Vec::new();
    for (key, scheme) in list {
        let input = ProductInput { scheme: scheme.clone(), ..product_input(key, &world.root) };
        let made = world.app.product_create(&world.admin().await, input).await.unwrap();
        ids.push(ProductId::parse(&made.id).unwrap());
    }
    ids
}

fn dated() -> Scheme {
    Scheme::CalVer(CalVerRules { pattern: "YYYY.0M".to_owned() })
}

#[tokio::test]
async fn three_organizations_come_in_as_their_lists_are_and_a_second_time_changes_nothing() {
    let cases = [
        ("hanbit", vec![("hb-care", Scheme::default()), ("hb-gate", Scheme::default())]),
        ("saomai", vec![("sm-kho", Scheme::SemVer), ("sm-pos", Scheme::SemVer)]),
        ("huadong", vec![("hd-mes", Scheme::default()), ("hd-oa", dated())]),
    ];
    for (organization, wanted) in cases {
        let world = World::new().await;
        products(&world, &wanted).await;
        for (kind, rows) in [
            (ListKind::Units, 18),
            (ListKind::People, 32),
            (ListKind::Sites, 200),
            (ListKind::Contacts, 0),
        ] {
            let bytes = file(organization, &format!("{}.csv", kind.name()));
            let checked = import(&world, kind, &bytes, true).await;
            let checked =
                checked.unwrap_or_else(|error| panic!("{organization} {kind:?} {error:?}"));
            assert!(checked.dry_run && (rows == 0 || checked.rows == rows), "{checked:?}");
            let first = import(&world, kind, &bytes, false).await.unwrap();
            assert_eq!((first.created, first.updated), (checked.created, checked.updated));
            let again = import(&world, kind, &bytes, false).await.unwrap();
            assert_eq!((again.created, again.updated), (0, 0), "{organization} {kind:?}");
        }
        let all = SiteListFilter::default();
        assert_eq!(world.app.site_count(&Scope::all(), &all).await.unwrap(), 200);
        // A head who came with the people sits in the unit that waited.
        let tree = world.app.unit_list(&Scope::all()).await.unwrap();
        let headless: Vec<_> = tree.iter().filter(|it| it.head_name.is_none()).collect();
        assert!(headless.is_empty(), "{headless:?}");
        assert_eq!(tree.iter().filter(|it| it.depth == 0).count(), 1, "one tree");
        // The organization's own file comes back as it went out.
        let out = world.app.site_export(&world.admin().await, &all).await.unwrap();
        let round = import(&world, ListKind::Sites, &out, false).await.unwrap();
        assert_eq!((round.rows, round.created, round.updated), (200, 0, 0));
    }
}

#[tokio::test]
async fn one_wrong_row_keeps_everything_out_and_every_wrong_cell_is_named() {
    let world = World::new().await;
    products(&world, &[("gate", Scheme::default())]).await;
    let text = "key,name,zone,lang,tags,version,product\n\
        s-1,Fine,Asia/Seoul,ko,a;b,V1.0.0.1,gate\n\
        s-2,,Mars,xx,a b,2.x,gate\n\
        s-1,Again,Asia/Seoul,ko,,,\n\
        s-4,No product,Asia/Seoul,ko,,V1.0.0.1,nothing\n";
    let Err(Error::Invalid(list)) = import(&world, ListKind::Sites, text.as_bytes(), false).await
    else {
        panic!("rows are named")
    };
    let named: Vec<(&str, &str)> = list.iter().map(|it| (it.field.as_str(), it.code)).collect();
    let expected = [
        ("rows[3].name", "required"),
        ("rows[3].zone", "zone"),
        ("rows[3].lang", "lang"),
        ("rows[3].tags", "tag"),
        ("rows[3].version", "version_not_readable"),
        ("rows[4].key", "twice"),
        ("rows[5].product", "unknown"),
    ];
    assert_eq!(named, expected);
    let all = SiteListFilter::default();
    assert_eq!(world.app.site_count(&Scope::all(), &all).await.unwrap(), 0);

    let cases: [(ListKind, &[u8], &str); 7] = [
        (ListKind::Sites, b"key,name,colour\ns-1,One,red\n", "unknown"),
        (ListKind::Sites, b"key\ns-1\n", "missing"),
        (ListKind::Sites, b"key,name\n", "empty"),
        (ListKind::Sites, b"key,name\ns-1,One,too,many\n", "cells"),
        (ListKind::Sites, b"key,name\ns-1,\xff\xfe\n", "encoding"),
        (ListKind::Units, b"key,parent,name\na,b,A\nb,a,B\n", "loop"),
        (ListKind::People, b"login,name,roles\nlan,Lan,boss@unit:none\n", "scope"),
    ];
    for (kind, bytes, code) in cases {
        let refused = import(&world, kind, bytes, false).await;
        let Err(Error::Invalid(list)) = &refused else { panic!("{code}: {refused:?}") };
        assert!(list.iter().any(|it| it.code == code), "{code}: {list:?}");
    }
    let everybody = PersonFilter::default();
    let page = world.app.person_list(&Scope::all(), &everybody, &PageAsk::default()).await.unwrap();
    assert_eq!(page.rows.len(), 1);
}

#[tokio::test]
async fn parts_come_in_with_their_sites_in_any_order_and_follow_them() {
    let world = World::new().await;
    let head = "key,name,zone,lang,tags,part_of,part\n";
    let bring = async |rows: &str| {
        import(&world, ListKind::Sites, format!("{head}{rows}").as_bytes(), false).await
    };
    let report = bring("hue-1,Pilot users,,,,hue,user_group\nhue,Huế,Asia/Ho_Chi_Minh,vi,,,\n");
    assert_eq!(report.await.unwrap().created, 2);
    let all = SiteListFilter::default();
    let of = async || {
        let page = world.app.site_list(&Scope::all(), &all, &PageAsk::default()).await.unwrap();
        let told = |it: &roadbook_app::sites::SiteListItem| {
            (it.full_name(), it.site.zone.clone(), it.site.part.clone())
        };
        page.rows.iter().map(told).collect::<Vec<_>>()
    };
    let told = |name: &str, zone: &str, part: &str| (name.into(), zone.into(), part.into());
    let zone = "Asia/Ho_Chi_Minh";
    let pilot = "Huế › Pilot users";
    assert_eq!(of().await, [told("Huế", zone, "site"), told(pilot, zone, "user_group")]);
    // What leaves comes back as it was.
    let out = world.app.site_export(&world.admin().await, &all).await.unwrap();
    let again = import(&world, ListKind::Sites, &out, false).await.unwrap();
    assert_eq!((again.created, again.updated), (0, 0));
    // Its part is not in this list, and follows it all the same.
    bring("hue,Huế,Asia/Seoul,vi,,,\n").await.unwrap();
    assert_eq!(of().await[1], told(pilot, "Asia/Seoul", "user_group"));
    for (rows, field, code) in [
        ("x,X,,,,nowhere,user_group\n", "rows[2].part_of", "unknown"),
        ("x,X,,,,hue-1,user_group\n", "rows[2].part_of", "part_of_part"),
        ("x,X,Asia/Tokyo,,,hue,user_group\n", "rows[2].zone", "of_site"),
        ("x,X,,,,hue,\n", "rows[2].part", "required"),
        ("x,X,,,,,environment\n", "rows[2].part_of", "required"),
        ("hue,Huế,,,,hue-1,user_group\n", "rows[2].part_of", "fixed"),
    ] {
        let refused = bring(rows).await;
        let Err(Error::Invalid(list)) = &refused else { panic!("{rows}: {refused:?}") };
        assert!(list.iter().any(|it| it.field == field && it.code == code), "{rows}: {list:?}");
    }
    let contact = "site,name,email\nhue-1,An,an@hue.example\n";
    let refused = import(&world, ListKind::Contacts, contact.as_bytes(), false).await;
    let Err(Error::Invalid(list)) = &refused else { panic!("{refused:?}") };
    assert_eq!(list[0].code, "part_of_site");
}

#[tokio::test]
async fn rows_pasted_from_a_spreadsheet_come_in_and_leave_without_formulas() {
    let world = World::new().await;
    // A byte order mark, tabs, decomposed letters, a line break inside quotes.
    let text = "\u{feff}Key\tName\tAddress\r\n\
        s-1\tNguye\u{302}\u{303}n Hue\u{323}\u{302}\t\"Lo\u{302} C8\nHa\u{300} No\u{323}\u{302}i\"\r\n\
        s-2\t=HYPERLINK(1)\t'+82 2 000\r\n\r\n";
    let report = import(&world, ListKind::Sites, text.as_bytes(), false).await.unwrap();
    assert_eq!((report.rows, report.created), (2, 2));
    let all = SiteListFilter::default();
    let page = world.app.site_list(&Scope::all(), &all, &PageAsk::default()).await.unwrap();
    let found: Vec<(&str, &str)> =
        page.rows.iter().map(|it| (it.site.name.as_str(), it.site.address.as_str())).collect();
    assert_eq!(found, [("Nguyễn Huệ", "Lô C8\nHà Nội"), ("=HYPERLINK(1)", "+82 2 000")]);
    assert_eq!(
        page.rows[0].site.zone, "Asia/Seoul",
        "the organization's, as the list says nothing"
    );
    for text in ["=1+1", "+1", "-1", "@x", "\tx", "\rx"] {
        assert_eq!(cell(text), format!("'{text}"));
    }
    let out = world.app.site_export(&world.admin().await, &all).await.unwrap();
    let out = String::from_utf8(out).unwrap();
    assert!(out.contains("'=HYPERLINK(1)") && out.contains("'+82"), "{out}");
    let again = import(&world, ListKind::Sites, out.as_bytes(), false).await.unwrap();
    assert_eq!((again.created, again.updated), (0, 0));
}
