//! The four catalogues agree with each other, are really translated and use the words of the glossary.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on may panic")]

use std::collections::{BTreeMap, BTreeSet};

use roadbook_web::i18n::{Arg, Lang, Tr, source};

/// Messages that are rightly the same in English and another language.
const SAME: &[&str] = &[];

fn messages(lang: Lang) -> BTreeMap<String, String> {
    let mut out: BTreeMap<String, String> = BTreeMap::new();
    let mut last = String::new();
    for line in source(lang).lines() {
        if line.starts_with('#') || line.trim().is_empty() {
            continue;
        }
        if line.starts_with(' ') {
            out.get_mut(&last).unwrap().push_str(line);
        } else {
            let (key, value) = line.split_once(" = ").unwrap_or_else(|| panic!("{lang:?}: {line}"));
            assert!(
                out.insert(key.to_owned(), value.to_owned()).is_none(),
                "{lang:?}: {key} twice"
            );
            last = key.to_owned();
        }
    }
    out
}

fn arguments(value: &str) -> BTreeSet<String> {
    value
        .split('$')
        .skip(1)
        .map(|rest| rest.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect())
        .collect()
}

/// What a reader sees: the value without placeholders and the marks of plural forms.
fn visible(value: &str) -> String {
    let mut out = String::new();
    let mut depth = 0_u32;
    for c in value.chars() {
        match c {
            '{' => depth += 1,
            '}' => depth -= 1,
            _ if depth == 0 => out.push(c),
            _ => {}
        }
    }
    out.trim().to_owned()
}

#[test]
fn all_languages_have_the_same_keys_and_arguments() {
    let english = messages(Lang::En);
    assert!(english.len() > 600, "the catalogue is read: {}", english.len());
    for lang in Lang::ALL {
        let other = messages(lang);
        let keys = |m: &BTreeMap<String, String>| m.keys().cloned().collect::<BTreeSet<_>>();
        let (here, there) = (keys(&english), keys(&other));
        assert_eq!(
            here.symmetric_difference(&there).collect::<Vec<_>>(),
            Vec::<&String>::new(),
            "{lang:?}"
        );
        for (key, value) in &english {
            // A plural form may leave the number out, so the number alone is not compared there.
            let (a, b) = (arguments(value), arguments(&other[key]));
            assert_eq!(a, b, "{lang:?} {key}");
        }
    }
}

#[test]
fn every_message_renders_without_error() {
    for lang in Lang::ALL {
        for (key, value) in messages(lang) {
            for n in [0, 1, 2, 5] {
                let args: Vec<(String, Arg<'_>)> = arguments(&value)
                    .into_iter()
                    .map(|a| if a == "n" { (a, Arg::from(n)) } else { (a, Arg::from("X")) })
                    .collect();
                let args: Vec<(&str, Arg<'_>)> =
                    args.iter().map(|(k, v)| (k.as_str(), v.clone())).collect();
                let text = Tr::new(lang).ta(&key, &args);
                assert!(
                    !text.contains('{') && !text.contains('\u{2068}') && text != key.as_str(),
                    "{lang:?} {key}: {text}"
                );
                assert_eq!(text.trim(), text, "{lang:?} {key} has spaces around it");
            }
        }
    }
}

#[test]
fn values_are_translated() {
    let english = messages(Lang::En);
    for (lang, name) in [(Lang::Ko, "ko"), (Lang::Vi, "vi"), (Lang::Zh, "zh")] {
        let own = |c: char| match lang {
            Lang::Ko => ('\u{ac00}'..='\u{d7a3}').contains(&c),
            Lang::Zh => ('\u{4e00}'..='\u{9fff}').contains(&c),
            _ => "àáảãạăằắẳẵặâầấẩẫậèéẻẽẹêềếểễệìíỉĩịòóỏõọôồốổỗộơờớởỡợùúủũụưừứửữựỳýỷỹỵđ".contains(c),
        };
        let (mut long, mut good) = (0_u32, 0_u32);
        for (key, value) in messages(lang) {
            if visible(&value) == visible(&english[&key])
                && visible(&value).chars().any(char::is_alphabetic)
            {
                assert!(SAME.contains(&key.as_str()), "{name} {key} equals English: {value}");
            }
            let seen = visible(&value).to_lowercase();
            if seen.chars().count() > 8 {
                long += 1;
                good += u32::from(seen.chars().any(own));
            }
        }
        assert!(good * 100 >= long * 95, "{name}: {good} of {long} hold letters of the language");
    }
}

#[test]
fn the_glossary_is_used() {
    let table: &[(&str, &str, &str, &str)] = &[
        ("nav-releases", "릴리즈", "phát hành", "发布"),
        ("releases-go-live", "운영 반영", "vận hành", "上线"),
        ("releases-version", "버전", "phiên bản", "版本"),
        ("release-kind-main", "정식 버전", "phiên bản chính", "主版本"),
        ("release-kind-patch", "패치", "bản vá lỗi", "补丁"),
        ("release-kind-hotfix", "긴급 배포", "cập nhật khẩn cấp", "紧急发布"),
        ("release-kind-planned", "정기 배포", "cập nhật theo kế hoạch", "计划内发布"),
        ("release-notes", "릴리즈 노트", "ghi chú phát hành", "发布说明"),
        ("release-decision", "배포 결정", "quyết định phát hành", "发布决策"),
        ("nav-notices", "공지", "thông báo", "通知"),
        ("site-contacts", "담당자", "đầu mối liên hệ", "联系人"),
        ("release-kind-upgrade", "업그레이드", "nâng cấp", "升级"),
        ("own-guide", "업데이트 가이드", "hướng dẫn cập nhật", "升级指南"),
        ("report-installed", "적용 완료", "áp dụng", "升级完成"),
        ("nav-sites", "사이트", "điểm triển khai", "站点"),
        ("own-feedback-submit", "피드백", "phản hồi", "反馈"),
        ("calendar-windows", "배포 윈도", "khung giờ cập nhật", "发布窗口"),
        ("calendar-freezes", "배포 동결", "đóng băng thay đổi", "发布冻结期"),
        ("products-bump-feature", "신규 기능 업데이트", "cập nhật tính năng mới", "新功能更新"),
        (
            "products-bump-minor",
            "오류 수정·소규모 기능 업데이트",
            "cập nhật sửa lỗi, tính năng nhỏ",
            "缺陷修复发布",
        ),
        ("products-bump-server", "서버 업데이트", "cập nhật server", "服务器升级"),
        ("own-downtime", "중단", "tạm dừng", "停机"),
    ];
    for (key, ko, vi, zh) in table {
        for (lang, term) in [(Lang::Ko, ko), (Lang::Vi, vi), (Lang::Zh, zh)] {
            let text = Tr::new(lang).t(key).to_lowercase();
            assert!(text.contains(term), "{lang:?} {key}: “{text}” lacks “{term}”");
        }
    }
}

/// Every key that the sources name with a literal exists.
#[test]
fn keys_in_the_sources_exist() {
    fn walk(dir: &std::path::Path, out: &mut Vec<String>) {
        for entry in std::fs::read_dir(dir).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                walk(&path, out);
            } else if path.extension().is_some_and(|e| e == "rs") {
                out.push(std::fs::read_to_string(path).unwrap());
            }
        }
    }
    let mut files = Vec::new();
    walk(&std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut files);
    let mut seen = 0;
    for text in files {
        for call in [".t(\"", ".ta(\"", ".tn(\"", ".ta(\n", ".t(\n", ".tn(\n"] {
            for rest in text.split(call).skip(1) {
                let rest = rest.trim_start().trim_start_matches('"');
                let key: String = rest
                    .chars()
                    .take_while(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || *c == '-')
                    .collect();
                if key.contains('-') && rest[key.len()..].starts_with('"') {
                    seen += 1;
                    assert!(Tr::new(Lang::En).has(&key), "{key} is not in the catalogue");
                }
            }
        }
    }
    assert!(seen > 60, "the sources are searched: {seen}");
}

#[test]
fn an_unknown_key_shows_itself() {
    assert_eq!(Tr::new(Lang::Ko).t("no-such-key"), "no-such-key");
}
