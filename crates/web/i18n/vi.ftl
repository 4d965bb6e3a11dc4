### Texts in Vietnamese. Keys are page-thing-detail; the four catalogues have the same keys and arguments.

## Formats

fmt-today = Hôm nay
fmt-tomorrow = Ngày mai
fmt-yesterday = Hôm qua
fmt-now = bây giờ
fmt-in-days = sau { $n } ngày
fmt-days-ago = { $n } ngày trước
fmt-in = sau { $span }
fmt-ago = { $span } trước

## Navigation

nav-main = Menu chính
nav-main-phone = Menu chính trên điện thoại
nav-skip = Đến nội dung chính
nav-close = Đóng menu
nav-search = Tìm hoặc đi tới
nav-path = Đường dẫn
nav-home = Trang chủ
nav-releases = Bản phát hành
nav-calendar = Lịch
nav-sites = Điểm triển khai
nav-care = Chăm sóc
nav-notices = Thông báo
nav-documents = Tài liệu
nav-organization = Tổ chức
nav-processes = Quy trình
nav-products = Sản phẩm và phiên bản
nav-people = Người và vai trò
nav-record = Sổ ghi
nav-settings = Cài đặt
nav-demo = Bản mẫu
nav-outbox = Hộp thư đi
nav-more = Thêm
nav-preferences = Ngôn ngữ và giao diện
nav-language = Ngôn ngữ
nav-change-language = đổi ngôn ngữ
nav-theme = Giao diện
nav-theme-auto = Theo thiết bị
nav-theme-light = Sáng
nav-theme-dark = Tối
nav-account = Tài khoản của bạn
nav-sign-out = Đăng xuất

## Demo

demo-ribbon = Bản mẫu
demo-ribbon-detail = Dữ liệu mẫu và đồng hồ chạy nhanh. Không thư nào rời khỏi máy này.
demo-ribbon-outbox = Đọc thư trong hộp thư đi

## Palette, keys, live

palette-title = Tìm hoặc đi tới
palette-nothing = Không tìm thấy gì
keys-title = Phím tắt của trang này
keys-help = Có thể tắt phím tắt một phím trong tài khoản của bạn.
live-updated = Trang đã được cập nhật.
live-lost = Mất kết nối. Nội dung bạn thấy có thể đã cũ.
live-back = Đã kết nối lại.
live-stale = Dữ liệu tính đến { $since }.

## Acts

action-back = Quay lại
action-close = Đóng
action-retry = Thử lại
action-save = Lưu
action-edit = Sửa
action-add = Thêm
action-remove = Xóa
action-cancel = Hủy
action-open = Mở
action-show-all = Xem tất cả
action-filter = Lọc
action-import = Nhập dữ liệu
action-export = Xuất dữ liệu
action-download = Tải xuống
action-upload = Tải lên
action-approve = Phê duyệt
action-reject = Từ chối
action-return = Trả lại để sửa
action-sign = Đọc và ký
action-delegate = Ủy quyền
action-reassign = Đổi người phụ trách
action-remind = Nhắc lại
action-remind-now = Nhắc lại ngay
action-remind-who = Nhắc lại { $name }
action-call = Gọi { $number }
action-done = Đánh dấu hoàn thành
action-answer = Trả lời
action-take = Chọn cách này

## States

state-done = Hoàn thành
state-running = Đang thực hiện
state-waiting = Đang chờ
state-at-risk = Có nguy cơ trễ
state-failed = Thất bại
state-emergency = Khẩn cấp
state-frozen = Đang đóng băng
state-foreseen = Dự kiến
state-held = Tạm giữ

## Work

work-due = Hạn
work-effort = Công sức
work-if-late = Nếu trễ
work-who = Người phụ trách
work-what = Việc
work-when = Khi nào
work-state = Trạng thái
work-role = Vai trò
work-step = Bước
work-start = Bắt đầu
work-end = Kết thúc
work-since = Từ lúc
work-waiting-since = Chờ từ
work-told = Đã báo
work-told-opened = Đã mở thư lúc { $at }
work-told-sent = Đã gửi thư lúc { $at }, chưa mở
work-told-not-yet = Chưa báo
work-you = Bạn
work-nobody = Chưa có ai
work-by = trước { $time }
work-slack = còn dư { $span }
work-no-slack = Không còn dư
work-deputy = người thay thế { $name }
work-away-until = vắng mặt đến { $date }

## Forms and lists

form-optional = không bắt buộc
form-errors = Có { $n } mục cần sửa
form-required = Mục này là bắt buộc.
form-too-long = Tối đa { $n } ký tự.
form-not-a-date = Đây không phải ngày. Hãy viết như 2026-11-26.
form-not-an-email = Đây không phải địa chỉ email.
form-reason = Lý do
form-remark = Ghi chú
form-password-again = Mật khẩu của bạn để ký
form-password-again-hint = Mỗi lần ký đều hỏi mật khẩu của bạn.
list-pages = Các trang của danh sách
list-previous = Trước
list-next = Tiếp
list-shown = { $shown } trong { $all }
list-empty-filter = Không có mục nào khớp bộ lọc.
list-clear-filter = Bỏ bộ lọc
chart-as-table = Xem dạng bảng

## Errors

error-kind = Lỗi { $status }
error-why = Vì sao
error-now = Bạn có thể làm gì
error-code = Mã lỗi
error-trace = Số tra cứu nhật ký
error-home = Về trang chủ
error-400-what = Không đọc được yêu cầu
error-400-why = Địa chỉ hoặc biểu mẫu chưa đầy đủ.
error-400-now = Quay lại, tải lại trang và gửi biểu mẫu lần nữa.
error-401-what = Vui lòng đăng nhập
error-401-why = Trang này dành cho người có tài khoản, hoặc phiên của bạn đã hết hạn.
error-401-now = Hãy đăng nhập, bạn sẽ trở lại trang này.
error-403-what = Bạn không có quyền làm việc này
error-403-why = Vai trò của bạn không bao gồm việc này cho bản phát hành hoặc điểm triển khai này.
error-403-now = Hãy hỏi người quản lý vai trò hoặc người phụ trách bản phát hành.
error-404-what = Trang này không tồn tại
error-404-why = Địa chỉ sai, mục đã bị xóa, hoặc nằm ngoài phạm vi của bạn.
error-404-now = Hãy tìm theo tên, hoặc hỏi người đã gửi liên kết.
error-409-what = Có người đã thay đổi trong lúc đó
error-409-why = Trang của bạn là bản sửa đổi cũ. Chưa lưu gì.
error-409-now = Tải lại trang, so sánh rồi làm lại.
error-413-what = Tệp tải lên quá lớn
error-413-why = Yêu cầu chỉ được chứa tối đa dung lượng ghi trong cài đặt.
error-413-now = Hãy chia nhỏ tệp, hoặc xin tăng giới hạn.
error-422-what = Không thể thực hiện như yêu cầu
error-422-why = Một quy tắc của quy trình không cho phép.
error-422-now = Xem điều gì sẽ gỡ bỏ từ chối rồi thử lại.
error-429-what = Quá nhiều yêu cầu
error-429-why = Đã thử nhiều lần trong thời gian ngắn.
error-429-now = Hãy đợi một phút rồi thử lại.
error-500-what = Máy chủ gặp lỗi
error-500-why = Nguyên nhân nằm trong nhật ký theo số bên dưới.
error-500-now = Thử lại. Nếu vẫn lỗi, hãy gửi số này cho người vận hành máy chủ.
error-503-what = Máy chủ chưa sẵn sàng
error-503-why = Máy chủ đang khởi động, đang dừng, hoặc cơ sở dữ liệu không trả lời.
error-503-now = Thử lại sau vài giây.
error-507-what = Ổ đĩa máy chủ đã đầy
error-507-why = Chưa lưu gì. Vẫn đọc được.
error-507-now = Giải phóng dung lượng trên máy chủ rồi làm lại.

## Home

home-next-action = Việc tiếp theo
release-your-next = Việc tiếp theo của bạn
ready-title = Mức sẵn sàng: { $done } trong { $all }
ready-done = { $n } hoàn thành
ready-waiting = { $n } đang chờ
ready-at-risk = { $n } có nguy cơ trễ
ready-failed = { $n } thất bại
ready-not-started = { $n } chưa bắt đầu
ready-still-open = Còn mở
ready-nothing-open = Không còn mục nào mở.

## Charts

lanes-week = Tuần từ, { $year }
lanes-windows = Khung giờ
lanes-go-live = Vận hành, { $date }
lanes-now = Bây giờ, { $at }
lanes-now-word = Bây giờ
lanes-steps-done = { $n } bước đã xong
lanes-gate = cổng duyệt
lanes-notice = thông báo
lanes-freeze = đóng băng
load-day = Ngày
load-planned = Kế hoạch
load-capacity = Năng lực
load-weekend = cuối tuần
load-leave = nghỉ phép
load-over = vượt { $span }
load-legend-planned = kế hoạch
load-legend-capacity = năng lực của bạn
load-legend-over = vượt năng lực
load-legend-off = cuối tuần hoặc nghỉ phép
waves-title = Các đợt và quyết định của điểm triển khai
waves-wave = Đợt
waves-sites = Điểm triển khai
waves-rule = Quy tắc
waves-of = trong { $n }
waves-stop-line = vạch dừng: số điểm thất bại khiến đợt dừng lại
waves-accepted = { $n } chấp nhận
waves-later = { $n } hoãn
waves-declined = { $n } từ chối
waves-no-answer = { $n } chưa trả lời
waves-installed = { $n } đã áp dụng
waves-verified = { $n } đã kiểm tra
waves-failed = { $n } thất bại
waves-held = { $n } tạm giữ
waves-scheduled = { $n } đã lên lịch
waves-stops-at = Dừng khi { $n } điểm thất bại.
heat-site = Điểm triển khai
heat-version = Phiên bản
heat-support = Hỗ trợ
heat-known-from = Nguồn
heat-next = Tiếp theo
heat-age = Tuổi dữ liệu
heat-newest = mới nhất
heat-behind = chậm { $n } ngày
heat-sites = { $n } điểm
heat-days-behind = Số ngày chậm
heat-over = trên { $n }
heat-range = { $from } đến { $to }
heat-unsure = chưa xác nhận hôm nay
heat-support-end = hết hỗ trợ
heat-support-until = đến { $date }
heat-support-ended = đã hết { $date }
gantt-baseline = kế hoạch gốc
gantt-slack = thời gian dư
gantt-critical = đường găng
gantt-critical-yes = đường găng, không còn dư
month-window = Khung giờ cập nhật
month-freeze = Đóng băng thay đổi
month-nothing = Tháng này chưa có kế hoạch nào.

## Set-up

setup-title = Thiết lập Roadbook
setup-lead = Liên kết này chỉ dùng một lần. Bạn sẽ là quản trị viên đầu tiên.
setup-organization = Tên tổ chức
setup-your-name = Tên của bạn
setup-email = Địa chỉ email
setup-zone = Múi giờ
setup-submit = Tạo tổ chức
setup-used-what = Liên kết này đã được dùng hoặc đã hết hạn
setup-used-now = Hãy chạy “roadbook init --new-link” trên máy chủ.
setup-next-title = Ba bước đến bản phát hành đầu tiên
setup-next-sites = Dán danh sách điểm triển khai từ bảng tính
setup-next-process = Dùng quy trình mẫu
setup-next-release = Bắt đầu bản phát hành đầu tiên

## Sign-in

sign-in-title = Đăng nhập
sign-in-user = Email hoặc tên đăng nhập
sign-in-password = Mật khẩu
sign-in-new-password = Mật khẩu mới
sign-in-password-hint = Ít nhất 12 ký tự. Nên dùng một câu.
sign-in-submit = Đăng nhập
sign-in-wrong = Tên hoặc mật khẩu không đúng.
sign-in-slow-down = Thử quá nhiều lần. Hãy đợi { $span } rồi thử lại.
sign-in-signed-out = Bạn đã đăng xuất.
invite-title = Chọn mật khẩu của bạn
invite-submit = Lưu và đăng nhập
account-title = Tài khoản của bạn
account-shortcuts = Dùng phím tắt một phím
account-sessions = Thiết bị đang đăng nhập
account-away = Vắng mặt và người thay thế

## Home page

home-title = Hôm nay có { $n } việc cần bạn
home-title-none = Hôm nay không có việc nào cần bạn
home-nothing-until = Không có việc nào cần bạn cho đến { $date }.
home-nothing-next = Việc kế tiếp: { $what }
home-nothing-ever = Chưa có bản phát hành nào cần bạn làm việc.
home-date-line = { $date }, { $time } tại { $place }
home-also-today = Cũng trong hôm nay
home-load = { $n } ngày tới của bạn
home-load-sum = kế hoạch { $planned }, có { $available }
home-work = Việc sắp tới
home-work-empty = 14 ngày tới chưa có việc nào cho bạn.
home-work-shown = { $shown } trong { $all } việc
home-over = vượt năng lực { $span }
home-waiting-for = Tôi đang chờ ai
home-waiting-for-empty = Bạn không chờ ai.
home-since = từ { $at }
home-due = Hạn { $at }
home-clash = Trùng lịch { $when }
home-board = Bảng tin
home-board-empty = Không có tin nào.
home-new-release = Bản phát hành mới
home-subscribe = Đăng ký lịch

## Releases

releases-title = Bản phát hành
releases-sub = Đang tiến hành gì và có rủi ro gì
releases-empty-title = Chưa có bản phát hành
releases-empty-text = Chọn quy trình, phiên bản và thời điểm đưa vào vận hành. Các ngày được tính ngược từ đó.
releases-version = Phiên bản
releases-kind = Loại
releases-phase = Giai đoạn
releases-go-live = Đưa vào vận hành
releases-waiting-for = Đang chờ
releases-risk = Rủi ro
releases-open = Đang mở
releases-closed = Đã đóng
releases-all = Tất cả
release-new-title = Bản phát hành mới
release-new-process = Quy trình
release-new-product = Sản phẩm
release-new-title-field = Tiêu đề, một dòng
release-new-go-live = Thời điểm vận hành mong muốn
release-new-scope = Điểm triển khai trong phạm vi
release-new-lead = Người phụ trách
release-new-submit = Tạo bản phát hành

## Release

release-kind-main = Phiên bản chính
release-kind-patch = Bản vá lỗi
release-kind-hotfix = Cập nhật khẩn cấp
release-kind-planned = Cập nhật theo kế hoạch
release-kind-new-system = Hệ thống mới
release-kind-upgrade = Nâng cấp
release-go-live = Đưa vào vận hành { $at }
release-no-go-live = Chưa có ngày đưa vào vận hành
release-lead = Phụ trách { $name }
release-tabs = Bản phát hành
release-tab-overview = Tổng quan
release-tab-plan = Kế hoạch
release-tab-readiness = Mức sẵn sàng
release-tab-live = Bảng điều khiển vận hành
release-tab-rollout = Triển khai
release-tab-notices = Thông báo
release-tab-documents = Tài liệu
release-tab-record = Sổ ghi
release-who-holds-it = Đang ở tay ai
release-what-next = Điều gì xảy ra tiếp theo
release-nobody-acts = Nếu không ai làm gì
release-lanes = Ai làm gì, khi nào
release-gate-closes = cổng duyệt đóng lúc { $at }
release-act-hold = Tạm giữ
release-act-resume = Tiếp tục
release-act-start = Bắt đầu
release-act-what-if = Nếu như…
release-act-bulletin = Viết tin
release-act-close = Đóng bản phát hành
release-act-cancel = Hủy bản phát hành
release-state-draft = Bản nháp
release-state-planned = Đã lên kế hoạch
release-state-running = Đang tiến hành
release-state-held = Tạm giữ
release-state-live = Đang vận hành
release-state-closed = Đã đóng
release-state-cancelled = Đã hủy
release-draft-missing = Còn thiếu để lập kế hoạch
release-decision = Quyết định phát hành
release-notes = Ghi chú phát hành
release-close-code = Kết quả
release-close-success = Thành công
release-close-issues = Thành công nhưng có vấn đề
release-close-rolled-back = Đã quay lại bản cũ
release-close-not-done = Không thực hiện
release-debts = Nghĩa vụ còn lại
release-debts-block = { $n } nghĩa vụ còn lại đang chặn việc đóng.

## Waiting

waiting-none = Không chờ gì
waiting-person = Chờ một người
waiting-signature = Chờ { $n } chữ ký
waiting-approval = Chờ phê duyệt
waiting-document = Chờ tài liệu
waiting-window = Chờ khung giờ cập nhật
waiting-freeze = Chờ hết đóng băng thay đổi
waiting-date = Chờ đến { $at }
waiting-sites = Chờ { $n } điểm triển khai
waiting-site = Chờ điểm triển khai
waiting-notice = Chờ gửi thông báo
waiting-step = Chờ “{ $step }”
waiting-report = Chờ báo cáo của điểm triển khai
waiting-condition = Chờ đến khi: { $condition }
waiting-you = Đang chờ bạn

## Refusals

refusal-title = Đã bị từ chối
refusal-lift = Cách gỡ bỏ
refusal-own-work = Người soạn không được tự phê duyệt tài liệu của mình.
refusal-own-work-lift = Một người khác có vai trò “{ $role }” phải phê duyệt.
refusal-wrong-signer = Bạn không thuộc những người ký bước này.
refusal-not-your-turn = Chưa đến lượt bạn. { $name } ký trước.
refusal-unsigned = Báo cáo chưa được ký.
refusal-changed = Tài liệu đã thay đổi sau khi phê duyệt. Phê duyệt không còn hiệu lực.
refusal-missing-deliverable = Thiếu sản phẩm bàn giao: { $what }
refusal-window-closed = Không có khung giờ cập nhật nào đang mở. Kế tiếp: { $at }
refusal-frozen = Đang đóng băng thay đổi: { $reason }, đến { $at }
refusal-lead-time = Không kịp thời gian báo trước { $span }. Sớm nhất có thể vận hành: { $at }
refusal-scope = Quy trình này không áp dụng cho: { $what }
refusal-stale = Đã có người thay đổi. Hãy tải lại.
refusal-wrong-state = Không thể làm khi đang ở trạng thái “{ $state }”.
refusal-missing-text = Thiếu nội dung bằng { $language }. Không gửi gì.
refusal-password = Mật khẩu không đúng. Chưa ký gì.

## Pages of releases

why-start = Bản phát hành chưa được bắt đầu.
why-hold = { $who } đang tạm giữ bản phát hành: { $reason }
why-step = “{ $what }” phải xong trước.
why-person = { $who } ({ $role }) thực hiện.
why-unassigned = Chưa ai giữ vai trò “{ $role }”. Hãy chỉ định người.
why-approval = Cần { $who } ({ $role }) phê duyệt.
why-opinion = Cần ý kiến của { $who } ({ $role }).
why-document = Thiếu tài liệu “{ $what }”; { $role } nộp.
why-sections = Tài liệu “{ $what }” còn mục trống: { $sections }
why-signature = { $role } ký tài liệu “{ $what }”.
why-check = Mục kiểm tra chưa được trả lời: { $what }
why-check-failed = Mục kiểm tra không đạt: { $what }
why-field = Chưa điền: { $what }
why-slot = Chưa định giờ triển khai. Hãy chọn thời gian.
why-window-opens = Không có cửa sổ nào mở lúc đó. Cửa sổ kế tiếp mở { $at }.
why-window = Không có cửa sổ nào mở lúc đó ({ $what }).
why-capacity = Cửa sổ đã đầy; đang dùng: { $who }.
why-freeze = Đóng băng đến { $at }: { $reason }
why-freeze-by = Đóng băng đến { $at }: { $reason }. { $role } có thể cho qua.
why-past = { $at } đã qua. Hãy chọn thời gian sau.
why-lead-time = Lẽ ra “{ $what }” phải xong trước { $at }.
why-not-before = Bắt đầu từ { $at }, không sớm hơn.
why-sites = { $have } trong { $need } điểm đã trả lời.
why-contacts = Còn { $n } cuộc trao đổi chưa thực hiện.
why-notice = Thông báo chưa được gửi.
why-gate = Một điều kiện của quy trình chưa đạt: { $what }
why-release = Phải đóng bản phát hành { $what } trước.
why-issues = Còn { $n } vấn đề chặn chưa xong.
why-debt = Còn nợ từ đợt khẩn cấp: { $what } ({ $role })
why-choice = Dòng thất bại: { $what }. Chọn quay lui hoặc khắc phục.
no-closed = Bản phát hành đã đóng, không thay đổi được nữa.
no-already-started = Bản phát hành đã được bắt đầu.
no-unknown-step = Quy trình không có bước này.
no-unknown = Quy trình không có giá trị này.
no-wrong-state = Trạng thái của bước không cho phép việc này. Hãy tải lại trang.
no-not-yet = Vẫn còn thiếu. Đây là toàn bộ:
no-not-yours = Bạn không giữ vai trò này. Người giữ vai trò làm hoặc giao lại cho bạn.
no-four-eyes = Người soạn hoặc đề nghị không được phê duyệt. Người khác phê duyệt.
no-already-voted = Bạn đã bỏ phiếu. Mỗi người chỉ tính một lần.
no-not-your-turn = Chưa đến lượt bạn. Người phê duyệt khác trước.
no-content-changed = Nội dung đã đổi sau khi bạn mở. Hãy đọc lại rồi ký.
no-reason-required = Hãy nêu lý do.
no-step-up-required = Chữ ký cần mật khẩu của bạn. Hãy nhập vào biểu mẫu.
no-slot-blocked = Không thể triển khai vào lúc này:
no-slot-backwards = Giờ kết thúc trước giờ bắt đầu.
no-held = Bản phát hành đang tạm giữ. Hãy tiếp tục trước.
no-not-held = Bản phát hành không bị tạm giữ.
no-not-closable = Chưa thể đóng bản phát hành. Còn lại:
no-wrong-close-code = Kết quả này không khớp với diễn biến.
no-choice-required = Một dòng đã thất bại. Chọn quay lui hoặc khắc phục.
no-no-way-back = Đã qua điểm không thể quay lui. Chỉ còn cách khắc phục.
no-condition = Không tính được một điều kiện của quy trình. Hãy hỏi chủ quy trình.
no-wrong-type = Giá trị không đúng dạng quy trình yêu cầu.
home-if-late = Lần triển khai { $at } có nguy cơ trễ.
home-if-late-next = Các bước sau phải chờ.
home-open-step = Mở bước
release-new-kind = Loại phát hành
release-new-mode = Theo kế hoạch hay khẩn cấp
release-new-mode-reason = Lý do chọn cách này
release-new-content = Nội dung thay đổi
release-new-version-hint = Số kế tiếp của sản phẩm là { $version }. Bạn có thể ghi số khác.
release-new-choose = Chọn sản phẩm và quy trình này
release-mode-planned = Theo kế hoạch
release-mode-emergency = Khẩn cấp
release-state-ending = Đang kết thúc
release-hold-consequence = Không làm được gì trong bản phát hành này cho đến khi tiếp tục.
release-cancel-consequence = Mọi bước đang mở sẽ kết thúc. Không thể hoàn tác.
release-close-consequence = Bản phát hành trở thành chỉ đọc.
release-orders = Lệnh
release-field-save = Lưu câu trả lời
step-begin = Bắt đầu
step-state-foreseen = Dự kiến
step-state-ready = Sẵn sàng
step-state-active = Đang làm
step-state-submitted = Đã xác nhận một phần
step-state-returned = Bị trả lại
step-state-blocked = Bị chặn
step-state-done = Xong
step-state-skipped = Bỏ qua
step-state-not-taken = Không chọn
step-state-cancelled = Đã hủy
step-open = Mở bước
step-override = Cho qua
step-not-applicable = Không áp dụng
step-found = Kết quả thấy được
step-count = Số lượng
step-meeting-date = Ngày họp
step-minutes = Biên bản
answer-yes = Có
answer-no = Không
vote-comment = Nhận xét
vote-verdict = Biểu quyết
opinion-stance = Ý kiến
opinion-for = Tán thành
opinion-against = Phản đối
opinion-conditional = Có điều kiện
decide-outcome = Quyết định
plan-slot-start = Bắt đầu triển khai
plan-slot-end = Kết thúc triển khai
plan-free = Thời gian này còn trống.
plan-blocked = Thời gian này không dùng được
plan-next-free = Thời gian trống kế tiếp
plan-pass-blocks = Cho qua các chặn; lý do được ghi lại
plan-steps = Các bước và ngày
plan-late = Trễ
live-begin = Bắt đầu
live-fail = Thất bại
live-choose = Một dòng đã thất bại. Làm gì tiếp?
live-way-back = Quay lui
live-remedy = Khắc phục và tiếp tục
live-no-sheet = Quy trình này không có bảng thao tác. Hãy làm theo các bước.
live-sheet = Bảng thao tác
live-expected = Kỳ vọng: { $what }
live-sheet-open = Cần làm
live-sheet-done = Mọi dòng đã xong.
live-key-node = Nút then chốt
live-point-of-no-return = Không thể quay lui sau dòng này
documents-missing = Chưa viết
documents-note = Thay đổi trong bản sửa này
documents-text = Nội dung (Markdown)
documents-save = Lưu thành bản sửa mới
documents-file = Tệp
documents-control = Ban hành bản sửa này
documents-status-controlled = Đã kiểm soát
documents-signatures = Chữ ký
documents-revisions = Các bản sửa
documents-sign-as = Ký với vai trò { $role }
documents-meaning = Ý nghĩa chữ ký
documents-meaning-reviewed = Đã xem xét
documents-meaning-accepted = Đã chấp nhận
release-close-remedied = Đã khắc phục sau lỗi
step-comes-in = Từ bước trước
record-empty-release = Chưa có ghi nhận nào cho bản phát hành này.
documents-no-signatures = Chưa ai ký.

## Plan

plan-title = Kế hoạch
plan-question = Nếu bước này trễ thì điều gì thay đổi?
plan-empty = Chọn thời điểm đưa vào vận hành, các ngày sẽ được tính.
plan-must-start = Phải bắt đầu trước
plan-must-end = Phải xong trước
plan-forecast = Dự báo
plan-slack = Thời gian dư
plan-baseline = Kế hoạch gốc
plan-set-baseline = Đặt làm kế hoạch gốc
plan-what-if = Nếu đổi thời điểm đưa vào vận hành?
plan-what-if-compute = Tính thử, không lưu
plan-what-if-save = Chuyển vận hành sang { $at }
plan-diff-moves = { $n } bước thay đổi ngày
plan-diff-told = Báo lại cho { $n } điểm triển khai
plan-before = Trước
plan-after = Sau
plan-impossible = Không ngày nào thỏa mãn mọi điều kiện
plan-impossible-set = Những điều này không thể cùng đúng
plan-impossible-ways = Cách giải quyết
plan-stale = Lịch đã thay đổi. Kế hoạch đang được tính lại.

## Readiness and sign-off

ready-page-title = Mức sẵn sàng và ký duyệt
ready-question = Đã được phép đưa vào vận hành chưa?
ready-no-gate = Quy trình này không có cổng duyệt, do quy trình chọn như vậy.
ready-item = Mục
ready-evidence = Bằng chứng
ready-documents = Tài liệu
ready-approvals = Phê duyệt
ready-tests = Kiểm thử
ready-notices = Thông báo
ready-tasks = Công việc
ready-sites = Điểm triển khai
sign-title = Ký “{ $what }”
sign-exact = Bạn ký đúng nội dung dưới đây.
sign-digest = Mã băm
sign-quorum = { $got } trong { $need } chữ ký
sign-order = Theo thứ tự
sign-any-order = Thứ tự bất kỳ
sign-check = Tôi đã kiểm tra
sign-expires = hết hạn { $at }
sign-signed-by = { $name } đã ký, { $at }
sign-done = Đã ký.
sign-void = vô hiệu từ { $at }
sign-reason-needed = Hãy nêu điều cần sửa.
delegate-title = Ủy quyền cho
delegate-from = Từ ngày
delegate-until = Đến ngày

## Go-live console

live-title = Đưa { $version } vào vận hành
live-question = Đang ở bước nào, và có thể dừng không?
live-now = Bước hiện tại
live-window-ends = Khung giờ kết thúc sau
live-no-return = Hết đường quay lại sau
live-opens = Khung giờ mở sau
live-rehearsal = Khung giờ chưa mở. Bạn có thể diễn tập.
live-go = Tiến hành
live-no-go = Không tiến hành
live-roll-back = Quay lại { $version }
live-roll-back-confirm = Nhập { $version } để xác nhận
live-blocked = Tôi bị vướng
live-log = Nhật ký các bước
live-next-step = Tiếp theo: { $step }
rollout-title = Triển khai { $version }
rollout-halted = Đã dừng
rollout-wave-halted = { $wave } tự dừng, { $at }
rollout-verified = { $n } trong { $all } điểm đã kiểm tra
rollout-hold = Tạm dừng triển khai
rollout-continue = Tiếp tục
rollout-skip-site = Bỏ qua điểm này
rollout-attention-first = điểm cần chú ý xếp trước
rollout-no-sites = Không có điểm triển khai trong phạm vi. Hãy gắn thẻ hoặc đổi phạm vi.
report-title = Báo cáo triển khai
report-outcome = Kết quả
report-installed = Đã áp dụng
report-verified = Đã áp dụng và kiểm tra
report-failed = Thất bại
report-rolled-back = Đã quay lại bản cũ
report-not-done = Chưa thực hiện
report-at = Thời điểm
report-evidence = Bằng chứng
report-submit = Gửi kết quả

## Calendar

calendar-title = Lịch
calendar-question = Khi nào được phép, khi nào không?
calendar-month = Tháng
calendar-agenda = Danh sách
calendar-previous = Tháng trước
calendar-next = Tháng sau
calendar-windows = Khung giờ cập nhật
calendar-window-add = Thêm khung giờ
calendar-freezes = Đóng băng thay đổi
calendar-freeze-add = Thêm đóng băng
calendar-freeze-lift = Gỡ đóng băng
calendar-freeze-why = Vì sao bị đóng băng?
calendar-holidays = Ngày lễ
calendar-made-up = Ngày làm bù
calendar-import = Nhập tệp .ics
calendar-next-slot = Khoảng trống kế tiếp
calendar-clash = Trùng lịch
calendar-empty = Chưa có khung giờ. Khi đó mọi ngày làm việc đều được phép.
calendar-feed = Nguồn lịch
calendar-rule = Quy tắc lặp
calendar-zone = Múi giờ
calendar-name = Tên
calendar-from = Từ
calendar-until = Đến

## Sites

sites-title = Điểm triển khai
sites-question = Phiên bản nào chạy ở đâu, và vì sao biết
sites-view-versions = Theo phiên bản
sites-view-list = Danh sách
sites-columns = Cách xem
sites-group-by = Nhóm theo
sites-group-country = Quốc gia
sites-older-than = Mọi điểm cũ hơn { $version }
sites-plan-for = Lập kế hoạch cho { $n } điểm
sites-import = Dán hoặc nhập dữ liệu
sites-import-hint = Dán các dòng từ bảng tính, hoặc CSV có dòng tiêu đề.
sites-import-check = Kiểm tra các dòng
sites-import-take = Nhập { $n } dòng
sites-import-errors = { $n } dòng không đọc được. Chưa nhập gì.
sites-import-row = Dòng { $n }
sites-on-newest = Dùng bản mới nhất, { $version }
sites-without-support = Hết hỗ trợ
sites-support-ends = Hỗ trợ đến { $date }
sites-confirmed-today = Phiên bản xác nhận hôm nay
sites-of = trong { $n }
sites-empty-title = Chưa có điểm triển khai
sites-empty-text = Dán ba cột từ bảng tính: tên, múi giờ, phiên bản.
source-agent = Tác nhân
source-person = Người báo
source-import = Nhập dữ liệu
source-unknown = Chưa rõ
site-runs = Đang chạy
site-history = Lịch sử phiên bản
site-as-of = Tại thời điểm
site-contacts = Đầu mối liên hệ
site-contact-language = Ngôn ngữ
site-address = Địa chỉ
site-tags = Thẻ
site-link = Liên kết đến trang riêng
site-link-new = Gửi liên kết mới
site-decisions = Quyết định
site-decision-accepted = Chấp nhận
site-decision-postponed = Đề nghị thời gian khác
site-decision-declined = Từ chối
site-decision-none = Chưa trả lời
site-planned = Dự kiến
site-feedback = Phản hồi
site-no-feedback = Chưa có phản hồi.

## The site's own page

own-title = { $product } sẽ cập nhật lên { $version }
own-to = Kính gửi { $name }, { $site }
own-nothing-title = Không có thay đổi nào dự kiến
own-nothing-text = Bạn đang dùng { $version }. Chúng tôi sẽ báo trước khi có thay đổi.
own-when = Khi nào?
own-waits = Chúng tôi chờ trả lời của bạn
own-accepted = Bạn đã đồng ý thời gian này
own-postponed = Bạn đã đề nghị thời gian khác
own-declined = Bạn đã từ chối lần này
own-installed = Đã cập nhật xong
own-downtime = Tạm dừng
own-reserve = Thời gian dự phòng
own-reserve-until = đến { $at } (giờ { $place })
own-answer-by = Trả lời trước
own-accept = Đồng ý làm theo lịch này
own-propose = Tôi đề nghị thời gian khác
own-propose-times = Thời gian có thể
own-propose-submit = Đề nghị thời gian này
own-message = Lời nhắn của bạn
own-decline = Lần này tôi không nhận
own-decline-text = Bạn vẫn dùng { $version }. Chúng tôi sẽ hỏi lại trước khi hết hỗ trợ.
own-decline-submit = Gửi từ chối
own-change-until = Bạn có thể đổi câu trả lời đến { $at }.
own-changes = Có gì thay đổi?
own-change-feature = Tính năng mới
own-change-better = Cải tiến
own-change-fix = Sửa lỗi
own-change-note = Cần biết
own-prepare = Cần chuẩn bị gì?
own-night = Diễn ra như thế nào
own-back = Nếu có vấn đề, chúng tôi quay lại bản cũ.
own-back-text = Trong { $span } sẽ trở về { $version }. Dữ liệu giữ nguyên như lúc bắt đầu.
own-questions = Bạn có câu hỏi?
own-call = Gọi điện
own-write = Gửi câu hỏi
own-guide = Hướng dẫn cập nhật
own-notes = Ghi chú phát hành { $version }
own-ics = Thêm vào lịch
own-feedback = Bạn thấy thế nào?
own-feedback-good = Hoạt động tốt
own-feedback-problem = Có vấn đề
own-feedback-submit = Gửi phản hồi
own-feedback-thanks = Cảm ơn bạn. Phản hồi đã được ghi lại.
own-footer = Trang này chỉ dành cho { $site } và mở đến { $date }. Người trả lời và thời điểm được ghi lại.
own-expired-what = Liên kết này đã hết hạn
own-expired-now = Hãy yêu cầu liên kết mới; chúng tôi gửi đến địa chỉ đã biết.
own-expired-ask = Yêu cầu liên kết mới
own-receipt-title = Vui lòng xác nhận đã đọc
own-receipt-submit = Tôi đã đọc
own-receipt-done = Đã xác nhận, { $at }

## Notices

notices-title = Thông báo
notices-question = Báo cho ai, báo gì, khi nào, và họ đã nhận chưa?
notices-empty = Chưa có thông báo. Thông báo được tạo từ quy trình của bản phát hành.
notices-due = Thời điểm gửi
notices-audience = Người nhận
notices-recipients = { $n } người nhận
notices-recipients-title = Danh sách người nhận chính xác
notices-channel = Kênh
notices-channel-mail = Thư điện tử
notices-channel-board = Bảng tin
notices-channel-public = Trang công khai
notices-channel-task = Giao người báo trực tiếp
notices-preview = Xem trước
notices-preview-in = Xem trước bằng { $language }
notices-subject = Tiêu đề thư
notices-log = Nhật ký gửi
notices-read = { $read } trong { $all } đã đọc
notices-correct = Gửi đính chính
notices-retract = Thu hồi
notices-retry = Gửi lại
notices-quiet = chờ hết giờ yên tĩnh, { $at }
notices-dead = Các thông báo không gửi được
delivery-due = Sắp gửi
delivery-sending = Đang gửi
delivery-sent = Đã gửi
delivery-opened = Đã mở
delivery-acknowledged = Đã xác nhận đọc
delivery-failed = Thất bại, thử lại { $at }
delivery-dead = Không thể gửi
delivery-superseded = Đã được thay thế
delivery-retracted = Đã thu hồi
notices-state-planned = Đã lên lịch
notices-state-blocked = Chưa đủ nội dung
notices-state-skipped = Không gửi
notices-earliest = Không sớm hơn
notices-latest = Không muộn hơn
notices-missing = Còn thiếu
notices-acknowledged = { $percent } % đã xác nhận
notices-recipient = Người nhận
notices-error = Trả lời của máy chủ thư
notices-discard = Bỏ qua
notices-discard-reason = Vì sao không cần báo ở đây
notices-all = Tất cả thông báo
notices-late = Đã lỡ thời hạn báo trước.
notices-at-risk = Có nguy cơ lỡ thời hạn báo trước.
delivery-discarded = Đã bỏ qua

## Documents

documents-title = Tài liệu
documents-empty = Chưa có tài liệu. Quy trình cho biết cần những gì.
documents-name = Tài liệu
documents-revision = Bản sửa đổi
documents-author = Người soạn
documents-status-draft = Bản nháp
documents-status-review = Đang xem xét
documents-status-approved = Đã phê duyệt
documents-status-obsolete = Hết hiệu lực
documents-public = Công khai
documents-internal = Nội bộ
documents-confidential = Bảo mật
documents-write = Viết tại đây
documents-upload = Tải tệp lên
documents-submit-review = Gửi xem xét
documents-section-missing = Mục “{ $section }” còn trống.
documents-archive = Gói lưu trữ
documents-archive-hint = Kiểm tra trên máy bất kỳ bằng “roadbook record verify”.

## Processes

processes-title = Quy trình
processes-question = Quy trình của chúng ta yêu cầu gì?
processes-empty = Chưa có quy trình. Hãy dùng quy trình mẫu hoặc nhập tệp.
processes-starter = Dùng quy trình mẫu
processes-revision = Bản sửa đổi { $n }
processes-used-by = { $n } bản phát hành đang dùng
processes-file = Tệp
processes-lanes = Luồng theo vai trò
processes-findings = Kết quả kiểm tra
processes-no-findings = Kiểm tra không thấy vấn đề gì.
processes-line = dòng { $n }
processes-diff = Khác biệt giữa các bản
processes-check = Kiểm tra
processes-simulate = Chạy thử
processes-publish = Công bố
processes-published = công bố { $at }

## Products and versions

products-title = Sản phẩm và phiên bản
products-question = Số tiếp theo là gì và vì sao?
products-empty = Chưa có sản phẩm nào.
products-add = Thêm sản phẩm
products-name = Tên
products-scheme = Quy tắc đánh số
products-newest = Phiên bản mới nhất
products-next = Phiên bản tiếp theo
products-next-why = Vì sao là số này
products-bump-main = Phiên bản chính
products-bump-feature = Cập nhật tính năng mới
products-bump-minor = Cập nhật sửa lỗi, tính năng nhỏ
products-bump-server = Cập nhật server
products-support-until = Hỗ trợ đến
products-released = Ngày phát hành
products-line = Nhánh phiên bản

## People and roles

people-title = Người và vai trò
people-question = Ai được làm gì, ở đâu, đến khi nào?
people-name = Họ tên
people-unit = Đơn vị
people-email = Email
people-roles = Vai trò
people-add = Thêm người
people-import = Nhập từ CSV
people-grant = Gán vai trò
people-grant-where = Phạm vi
people-grant-until = đến { $date }
people-grant-revoke = Thu hồi vai trò
people-invite = Gửi lời mời
people-invited = đã mời { $at }
people-units = Sơ đồ tổ chức
people-empty = Mới chỉ có bạn. Hãy thêm hoặc nhập danh sách người.

## Record

record-title = Sổ ghi
record-question = Có chứng minh được không?
record-empty = Chưa ghi gì.
record-at = Lúc (ISO)
record-who = Ai
record-what = Việc gì
record-stream = Chuỗi
record-hash = Mã băm
record-intact = Chuỗi nguyên vẹn: đã kiểm tra { $n } mục.
record-broken = Chuỗi bị đứt tại mục { $n }.
record-verify = Kiểm tra ngay
record-head = Gốc đã ký

## Settings

settings-title = Cài đặt
settings-question = Máy chủ được thiết lập thế nào và có ổn không?
settings-mail = Thư điện tử
settings-mail-none = Chưa có máy chủ thư. Thông báo sẽ chờ.
settings-mail-host = Máy chủ
settings-mail-port = Cổng
settings-mail-from = Địa chỉ gửi
settings-mail-tls = Mã hóa
settings-test-now = Kiểm tra ngay
settings-test-to = Gửi thử đến
settings-test-ok = Máy chủ thư đã nhận thư thử gửi đến { $to }.
settings-test-failed = Kiểm tra thất bại: { $reason }
settings-health = Tình trạng
settings-database = Cơ sở dữ liệu
settings-backup = Lần sao lưu cuối
settings-backup-never = chưa có
settings-outbox = Đang chờ gửi
settings-version = Phiên bản máy chủ
settings-origin = Nguồn thiết lập
settings-origin-flag = tham số dòng lệnh
settings-origin-env = biến môi trường
settings-origin-file = tệp
settings-origin-default = mặc định
settings-name = Mục cài đặt
settings-value = Giá trị

## Outbox of the demo

outbox-title = Hộp thư đi
outbox-question = Mọi thư mà bản mẫu lẽ ra đã gửi
outbox-empty = Chưa có thư. Đồng hồ đang chạy, hãy quay lại sau giây lát.
outbox-to = Đến
outbox-links = Liên kết dùng một lần

## Search

search-title = Tìm kiếm
search-results = { $n } kết quả cho “{ $q }”
search-nothing = Không tìm thấy “{ $q }”. Hãy thử phiên bản, điểm triển khai hoặc tên.

## Public release page

public-title = Bản phát hành của { $organization }
public-lead = Những gì đã phát hành và sắp phát hành.
public-upcoming = Sắp tới
public-past = Đã phát hành
public-empty = Chưa công bố nội dung nào.
public-feed = Đăng ký nguồn tin
public-go-live = Thời điểm đưa vào vận hành
public-updated = Cập nhật
public-canceled = Đã hủy
public-read = Đọc thông báo
public-requirements = Yêu cầu hệ thống
public-features = Tính năng mới
public-improvements = Cải tiến
public-guide = Hướng dẫn nâng cấp
public-history = Các lần thông báo
public-kind-notice = Thông báo đầu tiên
public-kind-correction = Đổi lịch
public-kind-retraction = Thông báo hủy
public-subscribe-title = Nhận tin phát hành mới qua thư điện tử
public-subscribe-address = Địa chỉ thư điện tử của bạn
public-subscribe-submit = Đăng ký
public-subscribe-asked = Nếu địa chỉ có thật, một thư xác nhận đang được gửi tới đó. Hãy xác nhận để bắt đầu nhận tin.
public-confirm-title = Xác nhận đăng ký
public-confirm-lead = Tin phát hành mới sẽ được gửi tới địa chỉ này.
public-confirm-submit = Vâng, hãy báo cho tôi
public-confirm-done = Từ nay { $address } sẽ nhận tin phát hành mới.
public-leave-title = Hủy đăng ký
public-leave-lead = Sẽ không gửi thêm thư tới địa chỉ này.
public-leave-submit = Hủy đăng ký nhận tin
public-leave-done = Đã hủy đăng ký.
public-back = Tất cả bản phát hành
receipt-outdated = Đã có thông báo mới hơn thay thế thông báo này.

## Step

step-title = Bước “{ $step }”
step-inputs = Bạn cần gì
step-inputs-empty = Bước này không cần gì từ người khác.
step-outputs = Bạn giao gì
step-outputs-empty = Không ai chờ kết quả của bước này.
step-from = từ { $name }
step-for = cho { $name }
step-number = Số
step-activity = Hoạt động
step-matters = Nội dung phê duyệt
step-deliverables = Sản phẩm bàn giao
step-checks = Mục kiểm tra
step-guide = Cách thực hiện
step-history = Lịch sử của bước
step-before = Sau bước
step-after = Trước bước
diff-added = đã thêm
diff-removed = đã xóa
diff-none = Hai bản sửa đổi giống nhau.

## Door

setup-lang = Ngôn ngữ
setup-sign-in-name = Tên đăng nhập
sign-in-again-later = Đã thử quá nhiều lần. Hãy đợi một lát rồi thử lại.
link-title = Liên kết của bạn
link-continue = Tiếp tục
done-saved = Đã lưu.
own-no-date = Chưa có ngày. Chúng tôi sẽ báo cho bạn ngay khi có.
own-feedback-partly = Hoạt động một phần
own-feedback-problems = Điều gì không hoạt động?
own-feedback-ideas = Nên cải thiện điều gì?
own-feedback-rating = Mức độ hài lòng của bạn, từ 1 đến 5?
own-read = Bạn đã đọc ghi chú phát hành
sites-any-product = Mọi sản phẩm
sites-text = Tên hoặc khách hàng
sites-product = Sản phẩm
sites-older = Cũ hơn phiên bản
sites-filter = Hiển thị
sites-about = Khách hàng và thẻ
sites-import-kind = Loại dữ liệu
sites-import-rows = Các dòng
sites-import-new = Mới
sites-import-changed = Đã thay đổi
sites-import-same = Như cũ
outcome-skipped = Bỏ qua
outcome-none = Chưa có báo cáo
report-evidence-hint = Biên bản, số phiếu hoặc điều bạn đã thấy. Bắt buộc khi đã cài đặt hoặc đã quay lại bản cũ.
site-decide-for = Trả lời thay cho điểm triển khai
site-link-once = Liên kết chỉ hiển thị lúc này. Hãy gửi cho đầu mối liên hệ.
site-contact-add = Thêm đầu mối liên hệ
site-mail = Địa chỉ e-mail
calendar-any-window = Mọi khung giờ cập nhật
calendar-minutes = Số phút cần
calendar-ask = Vì sao, và khi nào được?
calendar-import-hint = Dán nội dung tệp .ics có các sự kiện cả ngày.
why-free = Khoảng thời gian này còn trống
why-empty = Khoảng thời gian không có độ dài.
why-outside = Lúc đó không có khung giờ cập nhật nào mở.
why-long = Dài hơn khung giờ cập nhật { $span }.
why-year = Các khung giờ cập nhật của năm { $year } chưa được phê duyệt.
why-full = Khung giờ cập nhật đã đầy; mỗi lần chỉ nhận { $n }.
why-frozen = Đóng băng đến { $until }: { $reason }
release-sites-empty = Bản phát hành này chưa có điểm triển khai.
release-sites-bulk = Báo cáo nhiều điểm triển khai cùng lúc
release-sites-talks = Trao đổi với các điểm triển khai
release-sites-read = đã đọc ghi chú phát hành
products-key = Tên ngắn
products-key-hint = Chỉ chữ thường và chữ số; không đổi được về sau.
processes-steps = Các bước
processes-published-as = Các lần sửa đổi
people-invite-once = Hãy đưa liên kết này cho người đó. Liên kết chỉ hiện một lần và dùng được một lần.
role-site-contact = Đầu mối của điểm triển khai
role-head-of-unit = Trưởng đơn vị đề nghị
calendar-past = Thời điểm này đã qua.

# First steps
start-title = Những bước đầu tiên
start-sub = Từ hệ thống trống đến bản phát hành đầu tiên. Bước đã xong được giữ nguyên, bạn có thể quay lại bất cứ lúc nào.
start-count = Đã xong { $done } trên { $all } bước
start-all-done = Mọi thứ đã sẵn sàng và bản phát hành đầu tiên đã được mở.
start-now = Tiếp theo
start-not-you = Bạn không có vai trò được làm việc này. Hãy nhờ quản trị viên hoặc người quản lý phát hành.
start-product = Tạo sản phẩm
start-product-text = Sản phẩm là thứ bạn đánh số và phát hành. Chỉ cần tên là bắt đầu được.
start-sites-text = Điểm triển khai là nơi sản phẩm của bạn chạy: khách hàng, nhà máy, phòng máy. Hãy sao chép các dòng kèm dòng tiêu đề.
start-sites-open = Dán điểm triển khai
start-process = Chọn quy trình
start-process-text = Quy trình nói ai làm gì, theo thứ tự nào và đến khi nào. Quy trình mẫu ngắn gọn và có thể thay đổi sau.
start-process-steps = { $n } bước
start-process-publish = Công bố quy trình mẫu
start-process-chosen = Đã chọn
start-process-choose = Dùng quy trình này
start-release = Mở bản phát hành đầu tiên
start-release-text = Một dòng nói bản phát hành về việc gì. Bạn là người phụ trách; trang của bản phát hành cho biết ai cần làm trước.
start-release-first = Cần có sản phẩm và quy trình trước.
home-start-title = Chưa có bản phát hành nào
home-start-text = Bốn bước ngắn dẫn đến bản đầu tiên: sản phẩm, điểm triển khai, quy trình, bản phát hành.
home-start-go = Bắt đầu
form-taken = Giá trị này đã được dùng. Hãy chọn giá trị khác.
form-not-a-zone = Đây không phải múi giờ. Hãy ghi như Asia/Seoul.
form-not-a-key = Chỉ dùng a–z, 0–9 và . _ -, tối đa 64 ký tự.
form-one-line = Hãy ghi một dòng, không có ký tự điều khiển.
products-key-made = Để trống thì được tạo từ tên. Không đổi được về sau.

# Settings
settings-dead = Đã bỏ gửi
settings-quarantined = Trở lại từ sao lưu
settings-mail-how = Hãy ghi địa chỉ máy chủ thư vào tệp cấu hình rồi khởi động lại:
settings-outbox-title = Hàng đợi gửi
settings-outbox-waits = { $n ->
    [0] Không có gì chờ gửi.
   *[other] { $n } mục đang chờ gửi.
 }
settings-outbox-next = Mục kế tiếp đến hạn { $at }.
settings-quarantine = { $n } mục trở lại cùng bản sao lưu. Chúng chưa được gửi cho đến khi bạn cho phép.
settings-quarantine-release = Cho phép gửi
settings-dead-many = Đã bỏ gửi { $n } thư. Người phụ trách bản phát hành sẽ gửi lại hoặc loại bỏ.
settings-dead-none = Không có thư nào bị bỏ gửi.
settings-health-hint = Tự kiểm tra đọc sổ ghi, hàng đợi gửi và lịch sử phiên bản rồi cho biết điều gì không thể đúng. Nó không thay đổi gì.
settings-health-well = Mọi thứ đều ổn: đã xem { $n } mục.
settings-health-ill = Có { $n } điều không thể đúng.
settings-health-now = Hãy sao chép thư mục dữ liệu trước khi sửa bất cứ gì, rồi chạy
settings-health-check = Kiểm tra ngay
settings-since = thiết lập ngày { $date }
settings-installation-hint = Đơn vị, người và điểm triển khai mới bắt đầu với các giá trị này.
settings-address = Địa chỉ
settings-public = Trang công khai
settings-public-open = Mở trang công khai
settings-server = Máy chủ
# Account
account-profile = Thông tin của bạn
account-email-hint = Thông báo được gửi đến đây. Nếu để trống, chúng chỉ có trên bảng tin của bạn.
account-quiet-hint = Thư không gấp sẽ không gửi từ 21:00 đến 07:00 theo múi giờ này.
account-roles = Vai trò của bạn
account-role = Vai trò
account-dates = Thời hạn
account-no-roles = Bạn chưa có vai trò nào. Quản trị viên sẽ giao vai trò.
account-everywhere = Mọi nơi
account-since = từ { $date }
account-in-force = Đang hiệu lực
account-later = Sắp tới
account-over = Đã hết
account-password-old = Mật khẩu hiện tại
account-password-change = Đổi mật khẩu
account-password-hint = Các phiên khác của bạn sẽ kết thúc.
account-password-wrong = Đây không phải mật khẩu hiện tại của bạn. Chưa có gì thay đổi.
account-session = Đăng nhập { $at }
account-session-seen = dùng lần cuối { $at }
account-session-this = Phiên này
account-session-end = Kết thúc
account-session-end-all = Kết thúc các phiên khác
account-away-none = Bạn không vắng mặt và không ai thay bạn.
account-absence = Vắng mặt
account-absence-add = Ghi ngày vắng mặt
account-deputy = Tên đăng nhập của người thay
account-deputy-hint = Người này cũng thấy việc của bạn; chữ ký ghi tên cả hai.
account-deputy-add = Chọn người thay
account-deputy-is = { $name } thay bạn
account-deputy-unknown = Không có ai mà bạn được xem mang tên đăng nhập này.
account-stands-in = Bạn thay { $name }
account-from = Ngày đầu
account-to = Ngày cuối
account-order = Ngày cuối phải sau ngày đầu và chưa qua.
grant-admin = Quản trị viên
grant-manager = Người quản lý phát hành
grant-process-owner = Chủ quy trình
grant-member = Thành viên
grant-auditor = Kiểm toán viên
grant-deputy = Người thay
