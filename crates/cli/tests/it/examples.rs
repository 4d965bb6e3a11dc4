//! The example organizations, as `demo --as` opens them.

use crate::http;
use crate::roadbook::Home;
use roadbook_testkit::process::Running;
use std::time::Duration;

#[test]
fn an_unknown_organization_is_refused_with_the_names_of_all() {
    let ended = Home::new().run(&["demo", "--as", "bakery"]);
    assert_eq!(ended.code, 2, "{ended:?}");
    for word in ["bakery", "vendor, saas, enterprise, service, product"] {
        assert!(ended.err.contains(word), "{word}: {ended:?}");
    }
}

#[test]
fn each_organization_opens_with_a_link_for_each_of_its_people() {
    for (name, person, role, people, first) in [
        ("vendor", "서민석", "배포 책임자", 12, "서민석"),
        ("saas", "Đặng Minh Khôi", "Phát triển sản phẩm", 11, "Đặng Minh Khôi"),
        ("enterprise", "Hà Tiến Dũng", "Quản trị phát hành", 20, "Nguyễn Phương Linh"),
        ("service", "谭一帆", "发布负责人", 14, "项若云"),
        ("product", "聂松柏", "产品负责人", 28, "聂松柏"),
    ] {
        let home = Home::new();
        let command = home.command(&["demo", "--as", name, "--listen", "127.0.0.1:0"]);
        let mut running = Running::spawn(command);
        running.wait_line("listening on ", Duration::from_mins(2));
        let log = running.log();
        // Its people are at work: a release is under way, and the first link is of somebody for
        // whom something waits.
        assert!(log.lines().any(|it| it.starts_with("R-2027-0001 V")), "{log}");
        let links: Vec<&str> = log.lines().filter(|it| it.contains("/l/")).collect();
        assert!(links[0].contains(first), "{first}: {}", links[0]);
        assert_eq!(links.len(), people, "{log}");
        let theirs = links.iter().find(|it| it.contains(person));
        let theirs = theirs.unwrap_or_else(|| panic!("{person}: {log}"));
        assert!(theirs.contains(role), "{theirs}");
        // The site's own page needs no account, and speaks its language.
        let site = log.lines().find_map(|it| it.split_once("/p/")).unwrap();
        let url = site.0.rsplit_once(' ').map_or(site.0, |it| it.1);
        let secret = site.1.split_whitespace().next().unwrap();
        let page = http::send(url, "GET", &format!("/p/{secret}"), &[], b"");
        assert!(page.status < 400, "{name}: {}", page.status);
        assert_eq!(running.terminate().code(), Some(0), "{name}");
    }
}
