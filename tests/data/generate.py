"""Writes the data of three invented organizations: units, people, sites and contacts as CSV files.

    python3 tests/data/generate.py            writes tests/data/{hanbit,saomai,huadong}/*.csv
    python3 tests/data/generate.py --check    fails when the files differ from what would be written

The same files come out every time. They are meant to be as awkward as lists from real offices: commas and quotes in
addresses, the same name in two cities, decomposed Vietnamese letters, full-width digits, empty cells, long names,
several sites of one customer, sites without an address, contacts who read another language than their site.
"""

import csv
import io
import pathlib
import random
import sys
import unicodedata

HERE = pathlib.Path(__file__).parent
SITES = 200

UNIT_COLUMNS = ["key", "parent", "kind", "name", "head_login", "zone"]
PEOPLE_COLUMNS = ["login", "name", "email", "lang", "zone", "unit", "weekly_hours", "roles"]
SITE_COLUMNS = ["key", "name", "customer", "zone", "lang", "address", "tags", "version", "product"]
CONTACT_COLUMNS = ["site", "name", "email", "lang", "kind"]


class Country:
    """Names of places and people of one country, and how it writes addresses."""

    def __init__(self, lang, zone, cities, streets, customers, families, given, address, full_name):
        self.lang, self.zone = lang, zone
        self.cities, self.streets, self.customers = cities, streets, customers
        self.families, self.given = families, given
        self.address, self.full_name = address, full_name


def korean_address(rng, city, street):
    area, district = city
    floor = rng.choice(["", f", {rng.randint(1, 24)}층", f", {rng.randint(101, 1903)}호", f" (별관 {rng.randint(1, 3)}동)"])
    return f"{area} {district} {street} {rng.randint(1, 480)}{floor}"


def vietnamese_address(rng, city, street):
    area, district = city
    number = rng.choice([str(rng.randint(1, 400)), f"{rng.randint(2, 90)}/{rng.randint(1, 30)}", f"Lô {rng.choice('ABCD')}{rng.randint(1, 20)}"])
    return f"{number} đường {street}, {district}, {area}"


def chinese_address(rng, city, street):
    area, district = city
    tail = rng.choice(["", f"{rng.randint(1, 30)}楼", f"（{rng.choice('东南西北')}门）", f"{rng.choice('ABC')}座{rng.randint(101, 2808)}室"])
    return f"{area}{district}{street}{rng.randint(1, 1900)}号{tail}"


KOREA = Country(
    "ko", "Asia/Seoul",
    [("서울특별시", "강남구"), ("서울특별시", "마포구"), ("서울특별시", "영등포구"), ("부산광역시", "해운대구"), ("부산광역시", "사하구"),
     ("대구광역시", "수성구"), ("인천광역시", "연수구"), ("광주광역시", "북구"), ("대전광역시", "유성구"), ("울산광역시", "남구"),
     ("경기도", "성남시 분당구"), ("경기도", "수원시 영통구"), ("강원특별자치도", "춘천시"), ("충청북도", "청주시 흥덕구"),
     ("전북특별자치도", "전주시 완산구"), ("경상남도", "창원시 성산구"), ("제주특별자치도", "제주시")],
    ["테헤란로", "월드컵북로", "국제금융로", "센텀중앙로", "동대구로", "첨단과기로", "대학로", "중앙로", "산업단지로", "송도과학로", "충장로", "둔산대로"],
    [("늘푸른병원", "hospital"), ("한결정밀", "factory"), ("다온초등학교", "school"), ("새길물류", "logistics"), ("바른손마트", "retail"),
     ("가람구청", "office"), ("소담식품", "factory"), ("해맑은치과", "hospital"), ("빛고을도서관", "office"), ("두레생활협동조합", "retail")],
    ["김", "이", "박", "최", "정", "강", "조", "윤", "장", "임", "한", "오", "서", "신", "남궁", "황보"],
    ["서연", "민준", "지우", "하은", "도윤", "예린", "시우", "수아", "건우", "나래", "은호", "보람", "태양", "슬기", "현정", "영수"],
    korean_address, lambda family, given: family + given,
)
VIETNAM = Country(
    "vi", "Asia/Ho_Chi_Minh",
    [("Thành phố Hồ Chí Minh", "phường Bến Nghé"), ("Thành phố Hồ Chí Minh", "phường Thảo Điền"), ("Hà Nội", "quận Cầu Giấy"),
     ("Hà Nội", "quận Hoàn Kiếm"), ("Hà Nội", "huyện Đông Anh"), ("Đà Nẵng", "quận Hải Châu"), ("Đà Nẵng", "quận Ngũ Hành Sơn"),
     ("Hải Phòng", "quận Lê Chân"), ("Cần Thơ", "quận Ninh Kiều"), ("Huế", "phường Vỹ Dạ"), ("Khánh Hòa", "thành phố Nha Trang"),
     ("Lâm Đồng", "thành phố Đà Lạt"), ("Bình Dương", "thành phố Thủ Dầu Một"), ("Quảng Ninh", "thành phố Hạ Long")],
    ["Nguyễn Huệ", "Lê Lợi", "Trần Hưng Đạo", "Hai Bà Trưng", "Điện Biên Phủ", "Phan Đình Phùng", "Lý Thường Kiệt",
     "Võ Văn Kiệt", "Nguyễn Thị Minh Khai", "Hoàng Diệu", "Bạch Đằng", "30 Tháng 4"],
    [("Bệnh viện Hoa Ban", "hospital"), ("Nhà máy giấy Sông Xanh", "factory"), ("Trường THPT Ánh Dương", "school"),
     ("Siêu thị Phố Mới", "retail"), ("Kho vận Cánh Buồm", "logistics"), ("Phòng khám Tâm Lành", "hospital"),
     ("Xí nghiệp may Bình Minh Đỏ", "factory"), ("Thư viện Đồng Xanh", "office"), ("Hợp tác xã Mùa Vàng", "retail"), ("Cảng cạn Thuận Gió", "logistics")],
    ["Nguyễn", "Trần", "Lê", "Phạm", "Hoàng", "Huỳnh", "Phan", "Vũ", "Võ", "Đặng", "Bùi", "Đỗ", "Ngô", "Dương"],
    ["Thị Lan", "Văn Hùng", "Minh Anh", "Quốc Bảo", "Thanh Hà", "Đức Thịnh", "Ngọc Ánh", "Hữu Phước", "Khánh Linh", "Tuấn Kiệt", "Thu Thủy", "Gia Huy"],
    vietnamese_address, lambda family, given: f"{family} {given}",
)
CHINA = Country(
    "zh-Hans", "Asia/Shanghai",
    [("上海市", "浦东新区"), ("上海市", "静安区"), ("江苏省苏州市", "姑苏区"), ("江苏省南京市", "鼓楼区"), ("浙江省杭州市", "西湖区"), ("浙江省宁波市", "鄞州区"),
     ("北京市", "海淀区"), ("广东省深圳市", "南山区"), ("广东省广州市", "天河区"), ("四川省成都市", "武侯区"), ("湖北省武汉市", "洪山区"),
     ("陕西省西安市", "雁塔区"), ("新疆维吾尔自治区乌鲁木齐市", "天山区"), ("云南省昆明市", "五华区"), ("黑龙江省哈尔滨市", "道里区")],
    ["人民路", "中山东路", "建设大道", "解放北路", "世纪大道", "文三路", "科技园路", "滨江大道", "长江路", "东风西路", "和平街", "学院路"],
    [("青禾医院", "hospital"), ("远帆精密制造", "factory"), ("明德实验学校", "school"), ("云集连锁超市", "retail"), ("顺途物流", "logistics"),
     ("白鹭口腔", "hospital"), ("金穗食品", "factory"), ("江畔图书馆", "office"), ("百川水务", "office"), ("晨曦药房", "retail")],
    ["王", "李", "张", "刘", "陈", "杨", "赵", "黄", "周", "吴", "徐", "孙", "欧阳", "司马", "诸葛"],
    ["伟", "芳", "娜", "秀英", "敏", "静", "丽娟", "强", "磊", "洋", "艳", "勇军", "子涵", "雨桐", "浩然", "思远"],
    chinese_address, lambda family, given: family + given,
)
ORDER = {"ko": [KOREA, VIETNAM, CHINA], "vi": [VIETNAM, KOREA, CHINA], "zh-Hans": [CHINA, KOREA, VIETNAM]}

# Units: key, parent, kind, head. The same shape for all three, named in their language.
UNITS = [
    ("hq", "", "company", "ceo"),
    ("business", "hq", "division", "business.head"),
    ("sales", "business", "department", "sales.head"),
    ("marketing", "business", "department", "marketing.head"),
    ("customer", "hq", "division", "service.director"),
    ("support", "customer", "department", "support.head"),
    ("install", "customer", "department", "install.head"),
    ("it", "hq", "division", "it.head"),
    ("appdev", "it", "department", "appdev.head"),
    ("appdev-a", "appdev", "team", "pm1"),
    ("appdev-b", "appdev", "team", "pm2"),
    ("apps", "it", "department", "apps.head"),
    ("infra", "it", "department", "infra.head"),
    ("quality", "it", "department", "qa.head"),
    ("release", "it", "department", "release.manager"),
    ("pmo", "hq", "department", "pmo.head"),
    ("south", "hq", "subsidiary", "south.head"),
    ("south-it", "south", "department", "south.it"),
]
UNIT_NAMES = {
    "ko": ["본사", "사업본부", "영업팀", "마케팅팀", "고객본부", "고객지원팀", "설치팀", "정보기술본부", "개발부", "개발 1팀", "개발 2팀", "업무시스템부",
           "인프라부", "품질관리부", "배포관리부", "프로젝트관리실", "남부 자회사", "남부 전산팀"],
    "vi": ["Tổng công ty", "Khối kinh doanh", "Phòng bán hàng", "Phòng tiếp thị", "Khối khách hàng", "Phòng hỗ trợ", "Đội triển khai",
           "Khối công nghệ thông tin", "Phòng phát triển sản phẩm", "Nhóm phát triển 1", "Nhóm phát triển 2", "Phòng hệ thống ứng dụng",
           "Phòng hạ tầng", "Phòng quản lý chất lượng", "Phòng quản lý phát hành", "Ban quản lý dự án", "Công ty con miền Nam", "Tổ tin học miền Nam"],
    "zh-Hans": ["总公司", "业务中心", "销售部", "市场部", "客户中心", "客户服务部", "安装组", "信息管理部", "应用开发部", "开发一组", "开发二组", "应用系统部",
                "基础设施部", "质量管理部", "发布管理岗", "项目管理办公室", "南方子公司", "南方信息科"],
}

# People: login, unit, hours a week, roles. `@` is followed by where the role holds.
PEOPLE = [
    ("admin", "release", 40, "admin@all"),
    ("ceo", "hq", 40, "auditor@all"),
    ("business.head", "business", 40, "business_department@all"),
    ("sales.head", "sales", 40, "business_department@unit:sales"),
    ("marketing.head", "marketing", 40, "marketing@all"),
    ("marketing1", "marketing", 20, "marketing@unit:marketing"),
    ("service.director", "customer", 40, "customer_service_director@all"),
    ("support.head", "support", 40, "support@all"),
    ("support1", "support", 40, "support@unit:support"),
    ("support2", "support", 32, "second_line@all"),
    ("install.head", "install", 40, "installer@all"),
    ("install1", "install", 40, "installer@unit:install"),
    ("install2", "install", 40, "installer@unit:install"),
    ("it.head", "it", 40, "info_mgmt_head@all;auditor@all"),
    ("appdev.head", "appdev", 40, "application_development@all;process_owner@unit:appdev"),
    ("pm1", "appdev-a", 40, "manager@product:{p0};project_manager@product:{p0}"),
    ("dev1", "appdev-a", 40, "developer@product:{p0}"),
    ("dev2", "appdev-a", 24, "developer@product:{p0}"),
    ("pm2", "appdev-b", 40, "manager@product:{p1};project_manager@product:{p1}"),
    ("dev3", "appdev-b", 40, "developer@product:{p1}"),
    ("apps.head", "apps", 40, "application_systems_head@all"),
    ("owner1", "apps", 40, "system_owner@product:{p0}"),
    ("owner2", "apps", 40, "system_owner@product:{p1}"),
    ("infra.head", "infra", 40, "infrastructure@all"),
    ("operator1", "infra", 36, "operator@all"),
    ("qa.head", "quality", 40, "qa@all;process_owner@all"),
    ("tester1", "quality", 40, "tester@all"),
    ("tester2", "quality", 16, "tester@product:{p1}"),
    ("release.manager", "release", 40, "release_manager@all;manager@all"),
    ("pmo.head", "pmo", 40, "pmo@all"),
    ("south.head", "south", 40, "business_department@unit:south"),
    ("south.it", "south-it", 40, "manager@unit:south;project_manager@unit:south"),
]

ORGANIZATIONS = {
    "hanbit": ("ko", 11, [("hb-care", ["V2.9.4.1180", "V3.0.0.1201", "V3.0.1.1209"]), ("hb-gate", ["V1.4.0.77", "V1.4.2.90"])]),
    "saomai": ("vi", 23, [("sm-pos", ["5.2.0", "5.2.1", "5.3.0-rc.1"]), ("sm-kho", ["1.12.3", "1.13.0"])]),
    "huadong": ("zh-Hans", 37, [("hd-mes", ["V4.1.99.2048", "V4.2.0.2051"]), ("hd-oa", ["2026.03", "2026.09"])]),
}

BRANCH = {
    "ko": lambda city, n: f"{city[0][:2]} {n}호점" if n > 1 else f"{city[1].split()[-1]} 본점",
    "vi": lambda city, n: f"chi nhánh {n} {city[0]}" if n > 1 else f"trụ sở {city[1]}",
    "zh-Hans": lambda city, n: f"{city[1]}第{n}分部" if n > 1 else f"{city[1]}总部",
}


def units(lang):
    zone = ORDER[lang][0].zone
    rows = []
    for (key, parent, kind, head), name in zip(UNITS, UNIT_NAMES[lang], strict=True):
        rows.append([key, parent, kind, name, head, zone])
    return rows


def people(rng, org, lang, products):
    rows, seen = [], set()
    for login, unit, hours, roles in PEOPLE:
        # Two people abroad and two who read English: notices must not assume the language of the house.
        country = ORDER[lang][1] if login in ("dev2", "support2") else ORDER[lang][0]
        reads = "en" if login in ("south.it", "operator1") else country.lang
        name = country.full_name(rng.choice(country.families), rng.choice(country.given))
        while name in seen:
            name = country.full_name(rng.choice(country.families), rng.choice(country.given))
        seen.add(name)
        granted = roles.format(p0=products[0][0], p1=products[1][0])
        rows.append([login, name, f"{login}@{org}.example", reads, country.zone, unit, hours, granted])
    return rows


def sites(rng, org, lang, products):
    rows, branch = [], {}
    for index in range(SITES):
        # Half of the sites are at home, the rest in the other two countries.
        country = rng.choices(ORDER[lang], weights=[50, 28, 22])[0]
        city = rng.choice(country.cities)
        customer, trade = rng.choice(country.customers)
        branch[(customer, city)] = number = branch.get((customer, city), 0) + 1
        name = f"{customer} {BRANCH[country.lang](city, number)}"
        product, versions = products[0] if index % 3 else products[1]
        tags = [trade, {"ko": "kr", "vi": "vn", "zh-Hans": "cn"}[country.lang]]
        tags += [tag for tag, share in (("vip", 0.08), ("pilot", 0.05), ("night-only", 0.12), ("java", 0.4)) if rng.random() < share]
        address = country.address(rng, city, rng.choice(country.streets))
        rows.append([f"{org[:2]}-{index + 1:03}", name, customer, country.zone, country.lang, address, ";".join(tags),
                     rng.choices(versions, weights=range(1, len(versions) + 1))[0], product])
    return awkward(rows)


def awkward(rows):
    """What lists from real offices look like."""
    rows[4][5] = ""
    rows[9][5] = f'{rows[9][5]}, "cổng sau / 뒷문 / 后门"'
    rows[14][7] = ""
    rows[19][1] = unicodedata.normalize("NFD", rows[19][1])
    rows[24][5] = rows[24][5].translate({ord(str(d)): chr(0xFF10 + d) for d in range(10)})
    rows[29][1] = rows[30][1]
    rows[34][1] = rows[34][1] + " — " + rows[35][1] + " (2026)"
    rows[39][6] = ""
    rows[44][5] = "  " + rows[44][5] + "  "
    rows[49][5] = rows[49][5].replace(" ", "\n", 1) if " " in rows[49][5] else rows[49][5] + "\n2F"
    return rows


def contacts(rng, org, rows):
    found = []
    for index, row in enumerate(rows):
        key, lang = row[0], row[4]
        country = next(c for c in (KOREA, VIETNAM, CHINA) if c.lang == lang)
        if index % 50 == 47:
            continue
        for number in range(rng.choices([1, 2, 3], weights=[70, 25, 5])[0]):
            name = country.full_name(rng.choice(country.families), rng.choice(country.given))
            reads = "en" if rng.random() < 0.04 else lang
            kind = "admin" if number == 0 else rng.choice(["user", "deputy"])
            found.append([key, name, f"{kind}{number or ''}.{key}@customer.example", reads, kind])
    return found


def text(columns, rows):
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows(rows)
    return out.getvalue()


def files():
    for org, (lang, seed, products) in ORGANIZATIONS.items():
        rng = random.Random(seed)
        staff = people(rng, org, lang, products)
        places = sites(rng, org, lang, products)
        yield f"{org}/units.csv", text(UNIT_COLUMNS, units(lang))
        yield f"{org}/people.csv", text(PEOPLE_COLUMNS, staff)
        yield f"{org}/sites.csv", text(SITE_COLUMNS, places)
        yield f"{org}/contacts.csv", text(CONTACT_COLUMNS, contacts(rng, org, places))


def main():
    check = sys.argv[1:] == ["--check"]
    wrong, count = [], 0
    for name, content in files():
        path = HERE / name
        count += 1
        if check:
            if not path.exists() or path.read_text(encoding="utf-8") != content:
                wrong.append(name)
            continue
        path.parent.mkdir(exist_ok=True)
        path.write_text(content, encoding="utf-8")
    print(f"inputs: {count} files of three organizations")
    if wrong:
        sys.exit(f"error: not what tests/data/generate.py writes: {', '.join(wrong)}")


if __name__ == "__main__":
    main()
