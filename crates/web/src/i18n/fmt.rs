//! Dates, times, durations and numbers as each language writes them. Pure: zone and now are arguments.

use jiff::civil::{Date, Weekday};
use jiff::tz::TimeZone;
use jiff::{Timestamp, Zoned};

use super::{Lang, Tr};

const EN_MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

/// The short name of a weekday: "Thu", "목", "Th 5", "周四".
pub fn weekday_short(lang: Lang, day: Weekday) -> &'static str {
    let i = day.to_monday_zero_offset() as usize;
    match lang {
        Lang::En => ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"][i],
        Lang::Ko => ["월", "화", "수", "목", "금", "토", "일"][i],
        Lang::Vi => ["Th 2", "Th 3", "Th 4", "Th 5", "Th 6", "Th 7", "CN"][i],
        Lang::Zh => ["周一", "周二", "周三", "周四", "周五", "周六", "周日"][i],
    }
}

/// The full name of a weekday.
pub fn weekday(lang: Lang, day: Weekday) -> &'static str {
    let i = day.to_monday_zero_offset() as usize;
    match lang {
        Lang::En => {
            ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"][i]
        }
        Lang::Ko => ["월요일", "화요일", "수요일", "목요일", "금요일", "토요일", "일요일"][i],
        Lang::Vi => ["Thứ Hai", "Thứ Ba", "Thứ Tư", "Thứ Năm", "Thứ Sáu", "Thứ Bảy", "Chủ Nhật"][i],
        Lang::Zh => ["星期一", "星期二", "星期三", "星期四", "星期五", "星期六", "星期日"][i],
    }
}

/// Day and month without the weekday: "26 Nov", "11월 26일", "26/11", "11月26日".
pub fn day_month(lang: Lang, d: Date) -> String {
    let (m, day) = (d.month(), d.day());
    match lang {
        Lang::En => format!("{day} {}", &EN_MONTHS[m as usize - 1][..3]),
        Lang::Ko => format!("{m}월 {day}일"),
        Lang::Vi => format!("{day}/{m}"),
        Lang::Zh => format!("{m}月{day}日"),
    }
}

/// A date: "Thu 26 Nov", "11월 26일(목)", "Thứ Năm 26/11", "11月26日(周四)".
pub fn date(lang: Lang, d: Date) -> String {
    let dm = day_month(lang, d);
    match lang {
        Lang::En => format!("{} {dm}", weekday_short(lang, d.weekday())),
        Lang::Vi => format!("{} {dm}", weekday(lang, d.weekday())),
        Lang::Ko | Lang::Zh => format!("{dm}({})", weekday_short(lang, d.weekday())),
    }
}

/// A date with its year in full: "Thursday 26 November 2026".
pub fn date_long(lang: Lang, d: Date) -> String {
    let (y, m, day, w) = (d.year(), d.month(), d.day(), weekday(lang, d.weekday()));
    match lang {
        Lang::En => format!("{w} {day} {} {y}", EN_MONTHS[m as usize - 1]),
        Lang::Ko => format!("{y}년 {m}월 {day}일 {w}"),
        Lang::Vi => format!("{w}, {day}/{m}/{y}"),
        Lang::Zh => format!("{y}年{m}月{day}日 {w}"),
    }
}

/// A date in words without its year: "Saturday 28 November", "11월 28일 토요일".
pub fn date_words(lang: Lang, d: Date) -> String {
    let (m, day, w) = (d.month(), d.day(), weekday(lang, d.weekday()));
    match lang {
        Lang::En => format!("{w} {day} {}", EN_MONTHS[m as usize - 1]),
        Lang::Ko => format!("{m}월 {day}일 {w}"),
        Lang::Vi => format!("{w}, {day}/{m}"),
        Lang::Zh => format!("{m}月{day}日 {w}"),
    }
}

/// A month: "November 2026", "2026년 11월", "Tháng 11/2026", "2026年11月".
pub fn month(lang: Lang, d: Date) -> String {
    let (y, m) = (d.year(), d.month());
    match lang {
        Lang::En => format!("{} {y}", EN_MONTHS[m as usize - 1]),
        Lang::Ko => format!("{y}년 {m}월"),
        Lang::Vi => format!("Tháng {m}/{y}"),
        Lang::Zh => format!("{y}年{m}月"),
    }
}

fn local(ts: Timestamp, zone: &TimeZone) -> Zoned {
    ts.to_zoned(zone.clone())
}

/// The time of day: "20:00", in every language.
pub fn time(ts: Timestamp, zone: &TimeZone) -> String {
    let z = local(ts, zone);
    format!("{:02}:{:02}", z.hour(), z.minute())
}

/// Date and time: "Thu 26 Nov, 20:00", "11월 26일(목) 20:00".
pub fn date_time(lang: Lang, ts: Timestamp, zone: &TimeZone) -> String {
    let (d, t) = (date(lang, local(ts, zone).date()), time(ts, zone));
    match lang {
        Lang::En | Lang::Vi => format!("{d}, {t}"),
        Lang::Ko | Lang::Zh => format!("{d} {t}"),
    }
}

/// A moment near now: "Today 18:00", "Tomorrow 09:00", else as [`date_time`].
pub fn moment(lang: Lang, ts: Timestamp, zone: &TimeZone, now: Timestamp) -> String {
    let word = match days_between(now, ts, zone) {
        0 => "fmt-today",
        1 => "fmt-tomorrow",
        -1 => "fmt-yesterday",
        _ => return date_time(lang, ts, zone),
    };
    format!("{} {}", Tr::new(lang).t(word), time(ts, zone))
}

/// Whole calendar days from one moment to another, in a zone.
pub fn days_between(from: Timestamp, to: Timestamp, zone: &TimeZone) -> i64 {
    let (a, b) = (local(from, zone).date(), local(to, zone).date());
    a.duration_until(b).as_hours() / 24
}

/// The distance from now: "in 9 days", "in 3 h", "2 days ago".
pub fn relative(lang: Lang, ts: Timestamp, zone: &TimeZone, now: Timestamp) -> String {
    let tr = Tr::new(lang);
    let days = days_between(now, ts, zone);
    let secs = ts.duration_since(now).as_secs();
    if secs.abs() < 60 {
        return tr.t("fmt-now").into_owned();
    }
    if days.abs() >= 2 || (days != 0 && secs.abs() >= 24 * 3600) {
        let key = if days > 0 { "fmt-in-days" } else { "fmt-days-ago" };
        return tr.ta(key, &[("n", days.abs().into())]).into_owned();
    }
    let span =
        duration(lang, if secs.abs() >= 3600 { secs.abs() / 3600 * 60 } else { secs.abs() / 60 });
    let key = if secs > 0 { "fmt-in" } else { "fmt-ago" };
    tr.ta(key, &[("span", span.into())]).into_owned()
}

/// A duration in minutes: "1 h 30 min", "1시간 30분"; from two days on only days and hours.
pub fn duration(lang: Lang, minutes: i64) -> String {
    let (d, h, m) = (minutes / 1440, minutes % 1440 / 60, minutes % 60);
    let (ud, uh, um) = match lang {
        Lang::En => (" d", " h", " min"),
        Lang::Ko => ("일", "시간", "분"),
        Lang::Vi => (" ngày", " giờ", " phút"),
        Lang::Zh => ("天", "小时", "分钟"),
    };
    let sep = if lang == Lang::Zh { "" } else { " " };
    let parts: Vec<String> = if d >= 2 {
        [(d, ud), (h, uh)].iter().filter(|p| p.0 > 0).map(|(n, u)| format!("{n}{u}")).collect()
    } else {
        [(minutes / 60, uh), (m, um)]
            .iter()
            .filter(|p| p.0 > 0)
            .map(|(n, u)| format!("{n}{u}"))
            .collect()
    };
    if parts.is_empty() { format!("0{um}") } else { parts.join(sep) }
}

/// Hours of effort with at most one decimal: "4.5 h", "4,5 giờ".
pub fn hours(lang: Lang, minutes: i64) -> String {
    let n = decimal(lang, minutes as f64 / 60.0);
    match lang {
        Lang::En => format!("{n} h"),
        Lang::Ko => format!("{n}시간"),
        Lang::Vi => format!("{n} giờ"),
        Lang::Zh => format!("{n}小时"),
    }
}

/// At most one decimal, with the mark of the language.
pub fn decimal(lang: Lang, value: f64) -> String {
    let s = format!("{value:.1}");
    let s = s.strip_suffix(".0").unwrap_or(&s);
    if lang == Lang::Vi { s.replace('.', ",") } else { s.to_owned() }
}

/// A whole number with marks between thousands.
pub fn number(lang: Lang, n: i64) -> String {
    let digits = n.unsigned_abs().to_string();
    let mark = if lang == Lang::Vi { '.' } else { ',' };
    let mut out = String::new();
    if n < 0 {
        out.push('−');
    }
    for (i, c) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            out.push(mark);
        }
        out.push(c);
    }
    out
}

/// A size in bytes: "14 kB", "3.2 MB".
pub fn bytes(lang: Lang, n: u64) -> String {
    match n {
        0..1_000 => format!("{n} B"),
        1_000..1_000_000 => format!("{} kB", decimal(lang, n as f64 / 1e3)),
        1_000_000..1_000_000_000 => format!("{} MB", decimal(lang, n as f64 / 1e6)),
        _ => format!("{} GB", decimal(lang, n as f64 / 1e9)),
    }
}

/// The form for machines and the record: `2026-11-26T20:00+09:00`.
pub fn iso(ts: Timestamp, zone: &TimeZone) -> String {
    local(ts, zone).strftime("%Y-%m-%dT%H:%M%:z").to_string()
}

/// Initials for an avatar: two letters, or the last two signs of a name in Han or Hangul.
pub fn initials(name: &str) -> String {
    let is_cjk =
        |c: char| ('\u{3000}'..='\u{9fff}').contains(&c) || ('\u{ac00}'..='\u{d7a3}').contains(&c);
    if name.chars().any(is_cjk) {
        let signs: Vec<char> = name.chars().filter(|c| is_cjk(*c)).collect();
        return signs[signs.len().saturating_sub(2)..].iter().collect();
    }
    let mut words = name.split(|c: char| c.is_whitespace()).filter(|w| !w.is_empty());
    let first = words.next().and_then(|w| w.chars().next());
    let last = words.next_back().and_then(|w| w.chars().next());
    first.into_iter().chain(last).flat_map(char::to_uppercase).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(s: &str) -> Timestamp {
        s.parse().unwrap()
    }

    #[test]
    fn dates_follow_the_language() {
        let seoul = TimeZone::get("Asia/Seoul").unwrap();
        let ts = at("2026-11-26T11:00:00Z");
        for (lang, want) in [
            (Lang::En, "Thu 26 Nov, 20:00"),
            (Lang::Ko, "11월 26일(목) 20:00"),
            (Lang::Vi, "Thứ Năm 26/11, 20:00"),
            (Lang::Zh, "11月26日(周四) 20:00"),
        ] {
            assert_eq!(date_time(lang, ts, &seoul), want);
        }
        assert_eq!(date_long(Lang::Ko, jiff::civil::date(2026, 11, 28)), "2026년 11월 28일 토요일");
        // The same moment is the evening before in a western zone.
        let ny = TimeZone::get("America/New_York").unwrap();
        assert_eq!(date_time(Lang::En, ts, &ny), "Thu 26 Nov, 06:00");
    }

    #[test]
    fn durations_and_distances() {
        for (lang, min, want) in [
            (Lang::En, 90, "1 h 30 min"),
            (Lang::Ko, 90, "1시간 30분"),
            (Lang::Vi, 90, "1 giờ 30 phút"),
            (Lang::Zh, 90, "1小时30分钟"),
            (Lang::En, 0, "0 min"),
            (Lang::En, 3 * 1440 + 120, "3 d 2 h"),
            (Lang::En, 25 * 60, "25 h"),
        ] {
            assert_eq!(duration(lang, min), want);
        }
        let seoul = TimeZone::get("Asia/Seoul").unwrap();
        let now = at("2026-11-17T00:40:00Z");
        for (lang, ts, want) in [
            (Lang::En, "2026-11-26T11:00:00Z", "in 9 days"),
            (Lang::Ko, "2026-11-26T11:00:00Z", "9일 후"),
            (Lang::En, "2026-11-17T03:40:00Z", "in 3 h"),
            (Lang::En, "2026-11-10T03:40:00Z", "7 days ago"),
            (Lang::Zh, "2026-11-17T00:20:00Z", "20分钟前"),
        ] {
            assert_eq!(relative(lang, at(ts), &seoul, now), want);
        }
        assert_eq!(moment(Lang::En, at("2026-11-17T09:00:00Z"), &seoul, now), "Today 18:00");
    }

    #[test]
    fn numbers_and_initials() {
        assert_eq!(number(Lang::En, 1_234_567), "1,234,567");
        assert_eq!(number(Lang::Vi, -1234), "−1.234");
        assert_eq!(hours(Lang::Vi, 270), "4,5 giờ");
        assert_eq!(bytes(Lang::En, 3_200_000), "3.2 MB");
        for (name, want) in
            [("Kim Seo-yeon", "KS"), ("Nguyễn Thu Hà", "NH"), ("陈思远", "思远"), ("Ôn", "Ô")]
        {
            assert_eq!(initials(name), want);
        }
    }
}
