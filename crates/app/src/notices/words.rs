//! The few words of our own in notices, and dates, in all languages.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use roadbook_core::text::Lang;

/// A word or sentence that notices need besides the texts of the process.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Word {
    Schedule,
    NewFeatures,
    Improvements,
    Requirements,
    Prepare,
    Upgrade,
    Notes,
    NoDate,
    Nothing,
    Acknowledge,
    SitePage,
    CorrectionSubject,
    CorrectionBody,
    CorrectionNoDate,
    RetractionSubject,
    RetractionBody,
    ReminderSubject,
    ReminderBody,
    DefaultSubject,
    Unsubscribe,
    ConfirmSubject,
    ConfirmBody,
    TestSubject,
    TestBody,
    OverdueSubject,
    TurnSubject,
    SoonSubject,
    UnansweredSubject,
    AheadSubject,
    MovedSubject,
    OverdueHead,
    TurnHead,
    SoonHead,
    UnansweredHead,
    AheadHead,
    WorkBegins,
    WorkDue,
    WorkHours,
    WorkSilent,
    WorkLink,
    WorkOffSubject,
    WorkOffBody,
    WorkTitle,
    AgainSubject,
    AgainBody,
    ChangedBody,
    AgainLead,
    AgainTitle,
    ReviewSubject,
    ReviewBody,
    ReturnedSubject,
    ReturnedBody,
    InForceSubject,
    InForceBody,
    AgreedSubject,
    AgreedBody,
    ReviewRemark,
}

#[cfg(test)]
pub(crate) const ALL: [Word; 57] = {
    use Word::*;
    [
        Schedule,
        NewFeatures,
        Improvements,
        Requirements,
        Prepare,
        Upgrade,
        Notes,
        NoDate,
        Nothing,
        Acknowledge,
        SitePage,
        CorrectionSubject,
        CorrectionBody,
        CorrectionNoDate,
        RetractionSubject,
        RetractionBody,
        ReminderSubject,
        ReminderBody,
        DefaultSubject,
        Unsubscribe,
        ConfirmSubject,
        ConfirmBody,
        TestSubject,
        TestBody,
        OverdueSubject,
        TurnSubject,
        SoonSubject,
        UnansweredSubject,
        AheadSubject,
        MovedSubject,
        OverdueHead,
        TurnHead,
        SoonHead,
        UnansweredHead,
        AheadHead,
        WorkBegins,
        WorkDue,
        WorkHours,
        WorkSilent,
        WorkLink,
        WorkOffSubject,
        WorkOffBody,
        WorkTitle,
        AgainSubject,
        AgainBody,
        ChangedBody,
        AgainLead,
        AgainTitle,
        ReviewSubject,
        ReviewBody,
        ReturnedSubject,
        ReturnedBody,
        InForceSubject,
        InForceBody,
        AgreedSubject,
        AgreedBody,
        ReviewRemark,
    ]
};

/// The word in a language; `{…}` are filled by the caller.
pub(crate) const fn word(word: Word, lang: Lang) -> &'static str {
    let [en, ko, vi, zh] = texts(word);
    match lang {
        Lang::En => en,
        Lang::Ko => ko,
        Lang::Vi => vi,
        Lang::Zh => zh,
    }
}

/// The word in all languages.
pub(crate) fn in_all(which: Word) -> roadbook_core::text::Text {
    let mut text = roadbook_core::text::Text::default();
    for lang in Lang::ALL {
        *text.slot(lang) = Some(word(which, lang).to_owned());
    }
    text
}

const fn texts(word: Word) -> [&'static str; 4] {
    match word {
        Word::Schedule => ["Schedule", "일정", "Lịch", "日程"],
        Word::NewFeatures => ["New features", "신규 기능", "Tính năng mới", "新功能"],
        Word::Improvements => ["Improvements", "개선 사항", "Cải tiến", "改进"],
        Word::Requirements => {
            ["System requirements", "시스템 요구 사항", "Yêu cầu hệ thống", "系统要求"]
        }
        Word::Prepare => ["Please prepare", "준비 사항", "Cần chuẩn bị", "需要准备"],
        Word::Upgrade => ["How to upgrade", "업그레이드 방법", "Cách nâng cấp", "升级方法"],
        Word::Notes => ["Release notes", "릴리즈 노트", "Ghi chú phát hành", "发布说明"],
        Word::NoDate => [
            "The date is not fixed yet.",
            "일정은 아직 확정되지 않았습니다.",
            "Chưa chốt ngày.",
            "日期尚未确定。",
        ],
        Word::Nothing => ["none", "없음", "không có", "无"],
        Word::Acknowledge => [
            "Please confirm that you have read this: {url}",
            "내용을 확인하신 뒤 다음 링크에서 수신 확인을 해 주세요: {url}",
            "Vui lòng xác nhận đã đọc tại: {url}",
            "请阅读后在此确认：{url}",
        ],
        Word::SitePage => [
            "Your site's page, where you can accept or choose another date: {url}",
            "사이트 전용 페이지(수락 또는 다른 날짜 선택): {url}",
            "Trang của điểm triển khai, nơi bạn chấp nhận hoặc chọn ngày khác: {url}",
            "贵站点的专用页面（可接受或另选日期）：{url}",
        ],
        Word::CorrectionSubject => [
            "New date: {subject}",
            "[일정 변경] {subject}",
            "Đổi lịch: {subject}",
            "日期变更：{subject}",
        ],
        Word::CorrectionBody => [
            "The date that we told you before has changed.\n\nBefore: {old}\nNow: {new}",
            "앞서 안내해 드린 일정이 변경되었습니다.\n\n변경 전: {old}\n변경 후: {new}",
            "Lịch đã thông báo trước đây có thay đổi.\n\nTrước: {old}\nNay: {new}",
            "此前通知的日期有变更。\n\n原定：{old}\n现定：{new}",
        ],
        Word::CorrectionNoDate => [
            "not fixed yet; we will tell you",
            "미정(확정되면 다시 안내해 드립니다)",
            "chưa chốt; chúng tôi sẽ báo lại",
            "未定，确定后另行通知",
        ],
        Word::RetractionSubject => {
            ["Canceled: {subject}", "[취소] {subject}", "Hủy: {subject}", "取消：{subject}"]
        }
        Word::RetractionBody => [
            "{product} {version} will not go live as we told you before: the release was canceled. You need not do anything.",
            "앞서 안내해 드린 {product} {version} 배포가 취소되었습니다. 별도로 하실 일은 없습니다.",
            "{product} {version} sẽ không được đưa vào vận hành như đã thông báo: đợt phát hành đã bị hủy. Bạn không cần làm gì thêm.",
            "此前通知的 {product} {version} 上线已取消，无需您采取任何措施。",
        ],
        Word::ReminderSubject => [
            "Reminder: {subject}",
            "[다시 알림] {subject}",
            "Nhắc lại: {subject}",
            "提醒：{subject}",
        ],
        Word::ReminderBody => [
            "You have not confirmed yet that you have read the following notice.",
            "다음 공지의 수신 확인이 아직 되지 않았습니다.",
            "Bạn chưa xác nhận đã đọc thông báo dưới đây.",
            "您尚未确认阅读以下通知。",
        ],
        Word::DefaultSubject => [
            "{product} {version}: {title}",
            "{product} {version} 배포 안내: {title}",
            "Thông báo phát hành {product} {version}: {title}",
            "{product} {version} 发布通知：{title}",
        ],
        Word::Unsubscribe => [
            "You receive this because you subscribed to releases. To stop: {url}",
            "배포 소식을 구독하셔서 보내 드리는 메일입니다. 구독 해지: {url}",
            "Bạn nhận thư này vì đã đăng ký nhận tin phát hành. Hủy đăng ký: {url}",
            "您因订阅发布消息而收到此邮件。退订：{url}",
        ],
        Word::ConfirmSubject => [
            "Please confirm your subscription",
            "구독 신청을 확인해 주세요",
            "Vui lòng xác nhận đăng ký nhận tin",
            "请确认您的订阅",
        ],
        Word::ConfirmBody => [
            "Somebody, probably you, asked to be told of new releases at this address.\n\nTo confirm: {url}\n\nIf it was not you, do nothing; you will not hear from us again.",
            "이 주소로 새 배포 소식을 받겠다는 신청이 접수되었습니다.\n\n확인: {url}\n\n본인이 신청하지 않으셨다면 이 메일을 무시하세요. 더 이상 메일을 보내지 않습니다.",
            "Có người, có lẽ là bạn, đã đăng ký nhận tin phát hành mới tại địa chỉ này.\n\nXác nhận: {url}\n\nNếu không phải bạn, xin bỏ qua thư này; chúng tôi sẽ không gửi thêm.",
            "有人（可能是您本人）申请用此邮箱接收新版本发布消息。\n\n确认订阅：{url}\n\n如非本人操作，请忽略此邮件，我们不会再发送邮件。",
        ],
        Word::TestSubject => {
            ["Test of the mail settings", "메일 설정 시험", "Thử thiết lập thư", "邮件设置测试"]
        }
        Word::TestBody => [
            "The mail settings of Roadbook work: this mail reached you.",
            "Roadbook의 메일 설정이 정상입니다. 이 메일이 도착한 것으로 확인됩니다.",
            "Thiết lập thư của Roadbook hoạt động: bạn đã nhận được thư này.",
            "Roadbook 的邮件设置正常：您已收到此邮件。",
        ],
        Word::OverdueSubject => [
            "Overdue: {step} ({release})",
            "[기한 지남] {step} ({release})",
            "Quá hạn: {step} ({release})",
            "已逾期：{step}（{release}）",
        ],
        Word::TurnSubject => [
            "Your turn: {step} ({release})",
            "[처리 요청] {step} ({release})",
            "Đến lượt bạn: {step} ({release})",
            "待您处理：{step}（{release}）",
        ],
        Word::SoonSubject => [
            "Due soon: {step} ({release})",
            "[기한 임박] {step} ({release})",
            "Sắp đến hạn: {step} ({release})",
            "即将到期：{step}（{release}）",
        ],
        Word::UnansweredSubject => [
            "No answer yet: {step} ({release})",
            "[미응답] {step} ({release})",
            "Chưa có phản hồi: {step} ({release})",
            "尚未答复：{step}（{release}）",
        ],
        Word::AheadSubject => [
            "Your part in {release}",
            "[참여 안내] {release}에서 맡으신 작업",
            "Phần việc của bạn trong {release}",
            "{release} 中您负责的工作",
        ],
        Word::MovedSubject => [
            "New dates for your part in {release}",
            "[일정 변경] {release}에서 맡으신 작업",
            "Lịch mới cho phần việc của bạn trong {release}",
            "{release} 中您的工作日期有变更",
        ],
        Word::OverdueHead => ["Overdue", "기한이 지난 작업", "Đã quá hạn", "已逾期"],
        Word::TurnHead => ["Yours now", "지금 처리하실 작업", "Cần làm ngay", "现在需要您处理"],
        Word::SoonHead => ["Due soon", "곧 기한이 되는 작업", "Sắp đến hạn", "即将到期"],
        Word::UnansweredHead => [
            "Nobody has answered; please see to it",
            "응답이 없는 승인입니다. 확인해 주세요",
            "Chưa ai phản hồi; vui lòng xem xét",
            "尚无人答复，请您跟进",
        ],
        Word::AheadHead => {
            ["Ahead of you", "앞으로 맡으실 작업", "Việc sắp tới của bạn", "您后续的工作"]
        }
        Word::WorkBegins => {
            ["begins: {date}", "시작 예정: {date}", "bắt đầu: {date}", "预计开始：{date}"]
        }
        Word::WorkDue => ["due: {date}", "기한: {date}", "hạn: {date}", "截止：{date}"],
        Word::WorkHours => [
            "work: about {hours} h",
            "예상 작업량: 약 {hours}시간",
            "khối lượng: khoảng {hours} giờ",
            "预计工时：约 {hours} 小时",
        ],
        Word::WorkSilent => [
            "waiting for: {people}",
            "미응답자: {people}",
            "đang chờ: {people}",
            "等待答复：{people}",
        ],
        Word::WorkLink => [
            "Open the release: {url}",
            "릴리즈 보기: {url}",
            "Mở đợt phát hành: {url}",
            "打开发布：{url}",
        ],
        Word::WorkTitle => {
            ["A person's own work", "담당 작업 안내", "Việc của từng người", "个人工作通知"]
        }
        Word::AgainSubject => [
            "{product} {version}: please decide for {site}",
            "{product} {version}: {site}의 결정을 알려 주십시오",
            "{product} {version}: vui lòng quyết định cho {site}",
            "{product} {version}：请为{site}作出决定",
        ],
        Word::AgainBody => [
            "{site} put {product} {version} off until {date}. That date has come. Please accept the update, name another date, or decline it.",
            "{site}에서 {product} {version} 적용을 {date}까지 연기하셨습니다. 해당 일시가 되었으니 적용을 수락하시거나, 다른 일정을 지정하시거나, 거절해 주십시오.",
            "{site} đã hoãn {product} {version} đến {date}. Nay đã đến thời điểm đó. Vui lòng đồng ý cập nhật, chọn thời điểm khác hoặc từ chối.",
            "{site}此前将 {product} {version} 推迟至{date}，现已到期。请接受更新、另定时间，或予以拒绝。",
        ],
        Word::ChangedBody => [
            "{paper} of {product} {version} has changed since {site} confirmed it: it is revision {revision} now, and the earlier yes no longer counts. Please read the new revision and answer again.",
            "{site}에서 확인하신 뒤 {product} {version}의 문서({paper})가 변경되어 현재 개정 {revision}입니다. 이전 확인은 더 이상 유효하지 않으니 새 개정을 읽고 다시 답해 주십시오.",
            "{paper} của {product} {version} đã thay đổi sau khi {site} xác nhận, nay là bản sửa đổi {revision}; xác nhận trước đó không còn hiệu lực. Vui lòng đọc bản mới và trả lời lại.",
            "{site}确认之后，{product} {version} 的{paper}已变更，现为版次 {revision}，此前的确认不再有效。请阅读新版次并重新答复。",
        ],
        Word::AgainLead => [
            "No contact of this site has an e-mail address. Please ask the site yourself.",
            "이 사이트에는 이메일 주소가 등록된 담당자가 없습니다. 직접 문의해 주십시오.",
            "Điểm triển khai này không có đầu mối nào có địa chỉ email. Vui lòng tự hỏi họ.",
            "该站点没有登记邮箱的联系人，请您直接询问站点。",
        ],
        Word::AgainTitle => [
            "A site is asked again",
            "사이트 재확인 요청",
            "Hỏi lại điểm triển khai",
            "再次询问站点",
        ],
        Word::ReviewSubject => [
            "Please review: process {process}, revision {revision}",
            "[검토 요청] 프로세스 {process}, 개정 {revision}",
            "Cần xem xét: quy trình {process}, bản sửa đổi {revision}",
            "待评审：流程 {process}，修订 {revision}",
        ],
        Word::ReviewBody => [
            "{name} asks for a review of revision {revision} of the process {process}.\n\nReason for the revision: {note}\n\nRead it, then put it into force or return it: {url}",
            "{name} 님이 프로세스 {process}의 개정 {revision}에 대한 검토를 요청했습니다.\n\n개정 사유: {note}\n\n내용을 확인하신 뒤 시행하거나 반려해 주십시오: {url}",
            "{name} đề nghị xem xét bản sửa đổi {revision} của quy trình {process}.\n\nLý do sửa đổi: {note}\n\nVui lòng đọc rồi đưa vào hiệu lực hoặc trả lại: {url}",
            "{name} 请您评审流程 {process} 的修订 {revision}。\n\n修订原因：{note}\n\n请阅读后使其生效或退回：{url}",
        ],
        Word::ReturnedSubject => [
            "Returned to you: process {process}, revision {revision}",
            "[반려] 프로세스 {process}, 개정 {revision}",
            "Bị trả lại: quy trình {process}, bản sửa đổi {revision}",
            "已退回：流程 {process}，修订 {revision}",
        ],
        Word::ReturnedBody => [
            "{name} returned revision {revision} of the process {process} to you.\n\nWhat has to change: {remark}\n\nGo on writing: {url}",
            "{name} 님이 프로세스 {process}의 개정 {revision}을 반려했습니다.\n\n반려 사유: {remark}\n\n이어서 작성하기: {url}",
            "{name} đã trả lại cho bạn bản sửa đổi {revision} của quy trình {process}.\n\nNội dung cần sửa: {remark}\n\nSoạn tiếp tại: {url}",
            "{name} 已将流程 {process} 的修订 {revision} 退回给您。\n\n需要修改的内容：{remark}\n\n继续编写：{url}",
        ],
        Word::InForceSubject => [
            "In force: process {process}, revision {revision}",
            "[시행] 프로세스 {process}, 개정 {revision}",
            "Đã có hiệu lực: quy trình {process}, bản sửa đổi {revision}",
            "已生效：流程 {process}，修订 {revision}",
        ],
        Word::InForceBody => [
            "{name} put revision {revision} of the process {process}, which you wrote, into force. Releases that are opened from now on follow it.\n\nRead it: {url}",
            "{name} 님이 작성하신 프로세스 {process}의 개정 {revision}을 시행했습니다. 지금부터 시작하는 릴리즈에 적용됩니다.\n\n보기: {url}",
            "{name} đã đưa vào hiệu lực bản sửa đổi {revision} của quy trình {process} do bạn soạn. Các đợt phát hành mở từ nay sẽ theo bản này.\n\nXem tại: {url}",
            "{name} 已使您编写的流程 {process} 的修订 {revision} 生效，此后新建的发布均按此执行。\n\n查看：{url}",
        ],
        Word::AgreedSubject => [
            "Approved: process {process}, revision {revision}, holds from {date}",
            "[승인] 프로세스 {process}, 개정 {revision}, 시행일 {date}",
            "Đã duyệt: quy trình {process}, bản sửa đổi {revision}, hiệu lực từ {date}",
            "已批准：流程 {process}，修订 {revision}，自 {date} 起生效",
        ],
        Word::AgreedBody => [
            "{name} approved revision {revision} of the process {process}, which you wrote. It holds from {date}.\n\nRead it: {url}",
            "{name} 님이 작성하신 프로세스 {process}의 개정 {revision}을 승인했습니다. {date}부터 시행됩니다.\n\n보기: {url}",
            "{name} đã duyệt bản sửa đổi {revision} của quy trình {process} do bạn soạn. Bản này có hiệu lực từ {date}.\n\nXem tại: {url}",
            "{name} 已批准您编写的流程 {process} 的修订 {revision}，自 {date} 起生效。\n\n查看：{url}",
        ],
        Word::ReviewRemark => {
            ["Remark: {remark}", "의견: {remark}", "Nhận xét: {remark}", "意见：{remark}"]
        }
        Word::WorkOffSubject => {
            ["Canceled: {release}", "[취소] {release}", "Đã hủy: {release}", "已取消：{release}"]
        }
        Word::WorkOffBody => [
            "The release {number} ({release}) was canceled. There is nothing left for you to do in it.",
            "릴리즈 {number}({release})이 취소되었습니다. 맡으신 작업은 더 이상 진행하지 않으셔도 됩니다.",
            "Đợt phát hành {number} ({release}) đã bị hủy. Bạn không còn việc gì phải làm trong đợt này.",
            "发布 {number}（{release}）已取消，您无需再处理其中的工作。",
        ],
    }
}

/// A date and time as the reader writes it, in the reader's zone, with the zone's name.
pub(crate) fn moment(at: Timestamp, zone: &str, lang: Lang) -> String {
    let tz = TimeZone::get(zone).unwrap_or(TimeZone::UTC);
    let at = at.to_zoned(tz);
    let day = at.weekday().to_monday_zero_offset() as usize;
    let (year, month, date) = (at.year(), at.month(), at.day());
    let time = format!("{:02}:{:02}", at.hour(), at.minute());
    let text = match lang {
        Lang::En => {
            const DAYS: [&str; 7] =
                ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];
            const MONTHS: [&str; 12] = [
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
            let name = MONTHS[(month - 1) as usize];
            format!("{}, {name} {date}, {year}, {time}", DAYS[day])
        }
        Lang::Ko => {
            const DAYS: [&str; 7] = ["월", "화", "수", "목", "금", "토", "일"];
            format!("{year}년 {month}월 {date}일({}) {time}", DAYS[day])
        }
        Lang::Vi => {
            const DAYS: [&str; 7] =
                ["Thứ Hai", "Thứ Ba", "Thứ Tư", "Thứ Năm", "Thứ Sáu", "Thứ Bảy", "Chủ Nhật"];
            format!("{time} {}, {date:02}/{month:02}/{year}", DAYS[day])
        }
        Lang::Zh => {
            const DAYS: [&str; 7] = ["一", "二", "三", "四", "五", "六", "日"];
            format!("{year}年{month}月{date}日（星期{}）{time}", DAYS[day])
        }
    };
    format!("{text} ({})", if zone.is_empty() { "UTC" } else { zone })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_exists_in_every_language_and_in_its_own_script() {
        let han = |c: char| ('\u{4e00}'..='\u{9fff}').contains(&c);
        let hangul = |c: char| ('\u{ac00}'..='\u{d7a3}').contains(&c);
        for one in ALL {
            let [en, ko, vi, zh] = texts(one);
            assert!(en.is_ascii(), "{one:?}");
            assert!(ko.chars().any(hangul), "{one:?} ko");
            assert!(zh.chars().any(han), "{one:?} zh");
            assert!(!vi.is_ascii(), "{one:?} vi");
            let holes = |text: &str| {
                let mut list: Vec<String> = text
                    .split('{')
                    .skip(1)
                    .filter_map(|it| it.split_once('}'))
                    .map(|it| it.0.to_owned())
                    .collect();
                list.sort();
                list
            };
            for text in [ko, vi, zh] {
                assert_eq!(holes(text), holes(en), "{one:?}");
            }
        }
    }

    #[test]
    fn a_moment_is_written_in_the_readers_zone_and_words() {
        let at: Timestamp = "2027-04-20T09:00:00Z".parse().expect("an instant");
        for (lang, zone, expected) in [
            (Lang::En, "Europe/Berlin", "Tuesday, April 20, 2027, 11:00 (Europe/Berlin)"),
            (Lang::Ko, "Asia/Seoul", "2027년 4월 20일(화) 18:00 (Asia/Seoul)"),
            (Lang::Vi, "Asia/Ho_Chi_Minh", "16:00 Thứ Ba, 20/04/2027 (Asia/Ho_Chi_Minh)"),
            (Lang::Zh, "Asia/Shanghai", "2027年4月20日（星期二）17:00 (Asia/Shanghai)"),
        ] {
            assert_eq!(moment(at, zone, lang), expected);
        }
    }
}
