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
