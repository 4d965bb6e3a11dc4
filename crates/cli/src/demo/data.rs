//! Who and what the sample organization consists of. All names are made up.

/// A person: short name to sign in with, name, language, unit, roles of the product everywhere.
pub type Person = (&'static str, &'static str, &'static str, &'static str, &'static [&'static str]);

/// Sets the installation up and heads it: key and name.
pub const ADMIN: (&str, &str) = ("seo.yuna", "서유나");
/// Leads the releases; the first link signs in as this person.
pub const MANAGER: &str = "han.jiwoo";
/// Builds and deploys; the second link signs in as this person.
pub const ENGINEER: &str = "tran.bao";
/// The site whose own page the third link opens.
pub const SITE: &str = "hai-phong";

/// Units: short name, name, kind, zone.
pub const UNITS: [(&str, &str, &str, &str); 4] = [
    ("management", "정보관리실", "department", "Asia/Seoul"),
    ("development", "Phòng Phát triển", "department", "Asia/Ho_Chi_Minh"),
    ("service", "고객지원팀", "team", "Asia/Seoul"),
    ("business", "运营部", "department", "Asia/Shanghai"),
];

/// Everybody but the first.
pub const PEOPLE: [Person; 11] = [
    (MANAGER, "한지우", "ko", "management", &["manager", "process_owner", "member"]),
    (ENGINEER, "Trần Quốc Bảo", "vi", "development", &["member"]),
    ("lee.seoyeon", "이서연", "ko", "management", &["manager", "member"]),
    ("nguyen.anh", "Nguyễn Minh Anh", "vi", "development", &["member"]),
    ("li.na", "李娜", "zh", "business", &["member"]),
    ("wang.lei", "王磊", "zh", "business", &["member"]),
    ("choi.minho", "최민호", "ko", "management", &["member"]),
    ("jung.haeun", "정하은", "ko", "service", &["member"]),
    ("pham.linh", "Phạm Thùy Linh", "vi", "development", &["member"]),
    ("kang.dohyun", "강도현", "ko", "service", &["member"]),
    ("zhang.wei", "张伟", "zh", "management", &["member", "auditor"]),
];

/// Products: short name, name.
pub const PRODUCTS: [(&str, &str); 2] = [("ledger", "Ledger"), ("yard", "Yard")];

/// Sites: short name, name, customer, address, language.
pub const SITES: [(&str, &str, &str, &str, &str); 24] = [
    ("busan", "부산 터미널", "한물류", "부산광역시 중구 충장대로 9", "ko"),
    ("incheon", "인천 물류센터", "한물류", "인천광역시 중구 서해대로 120", "ko"),
    ("pyeongtaek", "평택 센터", "한물류", "경기도 평택시 평택항로 73", "ko"),
    ("gwangyang", "광양 터미널", "남해항만", "전라남도 광양시 항만대로 465", "ko"),
    ("ulsan", "울산 공장", "동해정밀", "울산광역시 남구 산업로 88", "ko"),
    ("daejeon", "대전 데이터센터", "동해정밀", "대전광역시 유성구 테크노로 5", "ko"),
    ("busan-02", "부산 제2터미널", "한물류", "부산광역시 강서구 신항로 31", "ko"),
    ("jeju", "제주 지점", "남해항만", "제주특별자치도 제주시 임항로 2", "ko"),
    ("hai-phong", "Cảng Hải Phòng", "Biển Đông Logistics", "12 Lê Thánh Tông, Hải Phòng", "vi"),
    ("ha-noi", "Trung tâm Hà Nội", "Biển Đông Logistics", "25 Lý Thường Kiệt, Hà Nội", "vi"),
    ("bac-ninh", "Nhà máy Bắc Ninh", "Sao Khuê Điện tử", "8 Nguyễn Đăng Đạo, Bắc Ninh", "vi"),
    ("da-nang", "Chi nhánh Đà Nẵng", "Biển Đông Logistics", "40 Bạch Đằng, Đà Nẵng", "vi"),
    ("quy-nhon", "Cảng Quy Nhơn", "Biển Đông Logistics", "2 Phan Chu Trinh, Quy Nhơn", "vi"),
    ("nha-trang", "Chi nhánh Nha Trang", "Sao Khuê Điện tử", "14 Trần Phú, Nha Trang", "vi"),
    ("thu-duc", "Nhà máy Thủ Đức", "Sao Khuê Điện tử", "101 Võ Văn Ngân, Thủ Đức", "vi"),
    ("can-tho", "Chi nhánh Cần Thơ", "Biển Đông Logistics", "6 Hòa Bình, Cần Thơ", "vi"),
    ("shanghai", "上海总部", "东港物流", "上海市浦东新区港城路 66 号", "zh"),
    ("ningbo", "宁波码头", "东港物流", "宁波市北仑区港区路 18 号", "zh"),
    ("qingdao", "青岛码头", "东港物流", "青岛市黄岛区前湾路 30 号", "zh"),
    ("tianjin", "天津仓库", "东港物流", "天津市滨海新区新港路 7 号", "zh"),
    ("suzhou", "苏州工厂", "明远电子", "苏州市工业园区星湖街 12 号", "zh"),
    ("shenzhen", "深圳工厂", "明远电子", "深圳市宝安区创业路 45 号", "zh"),
    ("xiamen", "厦门分部", "明远电子", "厦门市湖里区东港路 3 号", "zh"),
    ("chengdu", "成都分部", "明远电子", "成都市高新区天府路 21 号", "zh"),
];

/// Sites with an agent of their own. None is a pilot, so that the wave under way has them.
pub const AGENTS: [&str; 5] = [FAILS, "incheon", "da-nang", "ningbo", "qingdao"];

/// The site with an agent that goes back with the one that fails, in the script of sample people.
pub const GOES_BACK: &str = "incheon";

/// How totals are written at a site; one of them says it in a way that version 1.5 does not know.
pub fn locale(key: &str) -> &'static str {
    match SITES.iter().find(|it| it.0 == key).map_or("en", |it| it.4) {
        "ko" if key == FAILS => "ko-KR",
        lang => lang,
    }
}

/// Sites of the upgrade of the live system.
pub const UPGRADED: [&str; 6] = ["busan", "shanghai", "ulsan", "gwangyang", "ha-noi", "suzhou"];

/// The site where the check of Ledger fails in the second wave.
pub const FAILS: &str = "busan-02";
/// What people see there, where no agent says it.
pub const FAULT: &str = "The check failed: no total is shown, the page answers 500, three times";
/// The site where the gate of Yard fails.
pub const GATE_FAILS: &str = "ulsan";
/// What people see there.
pub const GATE_FAULT: &str =
    "The check of the gate failed: lane 4 gives no answer within 5 s, three times";

/// Sites that go first.
pub const PILOTS: [&str; 3] = ["busan", "ha-noi", "shanghai"];

/// The zone of people and sites that speak a language.
pub const fn zone(lang: &str) -> &'static str {
    match lang.as_bytes() {
        b"vi" => "Asia/Ho_Chi_Minh",
        b"zh" => "Asia/Shanghai",
        _ => "Asia/Seoul",
    }
}

/// Names of contacts, in turn, by the language of the site.
pub fn contact(lang: &str, turn: usize) -> &'static str {
    let names = match lang {
        "vi" => ["Lê Thu Hà", "Đỗ Văn Nam", "Vũ Ngọc Mai", "Bùi Gia Huy"],
        "zh" => ["陈静", "刘洋", "赵敏", "周杰"],
        _ => ["윤재현", "오수빈", "임채원", "배준호"],
    };
    names[turn % names.len()]
}

/// Roles of a process and who holds them.
pub type Cast = &'static [(&'static str, &'static [&'static str])];

/// Who holds which role in the upgrade of a live system.
pub const UPGRADE_ROLES: Cast = &[
    ("applicant", &["lee.seoyeon"]),
    ("project_manager", &["lee.seoyeon"]),
    ("system_owner", &["nguyen.anh"]),
    ("project_team", &[ENGINEER]),
    ("application_development", &[ENGINEER]),
    ("business_department", &["li.na"]),
    ("user_representative", &["wang.lei"]),
    ("infrastructure", &["choi.minho"]),
    ("customer_service_director", &["jung.haeun"]),
    ("application_systems_director", &["pham.linh"]),
    ("service_desk", &["kang.dohyun"]),
    ("second_line", &["kang.dohyun", ENGINEER]),
    ("pmo", &["zhang.wei"]),
    ("release_manager", &[MANAGER]),
    ("it_head", &[ADMIN.0]),
];

/// Who holds which role in the release of a packaged product.
pub const VENDOR_ROLES: Cast = &[
    ("release_lead", &[MANAGER]),
    ("developer", &[ENGINEER]),
    ("project_manager", &["lee.seoyeon"]),
    ("quality_manager", &["pham.linh"]),
    ("marketing", &["li.na"]),
    ("support", &["kang.dohyun", ENGINEER]),
];

/// Who holds which role when sites are brought up to date.
pub const CATCH_UP_ROLES: Cast =
    &[("release_lead", &[MANAGER]), ("tester", &["pham.linh"]), ("approver", &[ADMIN.0])];

/// A change: title in English, Korean, Vietnamese and Chinese; kind; purpose.
pub type Change = ([&'static str; 4], &'static str, &'static str);

/// What the upgrade brings.
pub const UPGRADE_CHANGES: [Change; 2] = [
    (
        [
            "Trucks are called by message",
            "차량 호출을 문자로 안내",
            "Gọi xe vào bãi bằng tin nhắn",
            "以短信通知车辆进场",
        ],
        "feature",
        "performance",
    ),
    (
        [
            "Container numbers with a wrong check digit are refused",
            "검사 숫자가 틀린 컨테이너 번호를 거절",
            "Từ chối số container sai chữ số kiểm tra",
            "拒绝校验位错误的箱号",
        ],
        "code",
        "security",
    ),
];

/// What the packaged product brings.
pub const VENDOR_CHANGES: [Change; 2] = [
    (
        [
            "Totals are written as people of the place write them",
            "합계를 현지 표기 방식대로 표시",
            "Số tổng được viết theo cách quen dùng tại nơi làm việc",
            "合计按当地的书写习惯显示",
        ],
        "feature",
        "feature",
    ),
    (
        [
            "Amounts are kept in whole cents",
            "금액을 최소 단위의 정수로 저장",
            "Số tiền được lưu bằng số nguyên theo đơn vị nhỏ nhất",
            "金额以最小单位的整数保存",
        ],
        "code",
        "fix",
    ),
];

/// What sites that were behind get.
pub const CATCH_UP_CHANGES: [Change; 1] = [(
    [
        "Entries are written to disk before they are confirmed",
        "입력한 항목을 디스크에 기록한 뒤에 확인",
        "Bút toán được ghi xuống đĩa trước khi xác nhận",
        "录入的条目先写入磁盘再确认",
    ],
    "fix",
    "fix",
)];
