### Texts in Korean. Keys are page-thing-detail; the four catalogues have the same keys and arguments.

## Formats

fmt-today = 오늘
fmt-tomorrow = 내일
fmt-yesterday = 어제
fmt-now = 지금
fmt-in-days = { $n }일 후
fmt-days-ago = { $n }일 전
fmt-in = { $span } 후
fmt-ago = { $span } 전

## Navigation

nav-main = 주요 메뉴
nav-main-phone = 주요 메뉴(휴대전화)
nav-skip = 본문으로 가기
nav-close = 메뉴 닫기
nav-search = 검색 또는 이동
nav-path = 현재 위치
nav-home = 홈
nav-releases = 릴리즈
nav-calendar = 캘린더
nav-sites = 사이트
nav-care = 고객 대응
nav-notices = 공지
nav-documents = 문서
nav-organization = 조직
nav-processes = 프로세스
nav-products = 제품과 버전
nav-people = 사람과 역할
nav-record = 기록
nav-settings = 설정
nav-demo = 데모
nav-outbox = 보낸 메일함
nav-more = 더 보기
nav-preferences = 언어와 화면
nav-language = 언어
nav-change-language = 언어 바꾸기
nav-theme = 화면
nav-theme-auto = 기기대로
nav-theme-light = 밝게
nav-theme-dark = 어둡게
nav-account = 내 계정
nav-sign-out = 로그아웃

## Demo

demo-ribbon = 데모
demo-ribbon-detail = 예시 데이터와 빠른 시계로 움직입니다. 메일은 이 컴퓨터 밖으로 나가지 않습니다.
demo-ribbon-outbox = 보낸 메일함에서 메일 읽기

## Palette, keys, live

palette-title = 검색 또는 이동
palette-nothing = 찾은 것이 없습니다
keys-title = 이 페이지의 단축키
keys-help = 한 글자 단축키는 내 계정에서 끌 수 있습니다.
live-updated = 페이지가 갱신되었습니다.
live-lost = 연결이 끊겼습니다. 보이는 내용이 오래되었을 수 있습니다.
live-back = 다시 연결되었습니다.
live-stale = { $since } 기준입니다.

## Acts

action-back = 뒤로
action-close = 닫기
action-retry = 다시 시도
action-save = 저장
action-edit = 수정
action-add = 추가
action-remove = 삭제
action-cancel = 취소
action-open = 열기
action-show-all = 모두 보기
action-filter = 걸러 보기
action-import = 가져오기
action-export = 내보내기
action-download = 내려받기
action-upload = 올리기
action-approve = 승인
action-reject = 반려
action-return = 보완 요청
action-sign = 읽고 서명하기
action-delegate = 위임
action-reassign = 담당자 변경
action-remind = 재알림
action-remind-now = 지금 다시 알리기
action-remind-who = { $name } 님에게 다시 알리기
action-call = { $number } 전화하기
action-done = 완료로 표시
action-answer = 답하기
action-take = 이 안으로 하기

## States

state-done = 완료
state-running = 진행 중
state-waiting = 대기 중
state-at-risk = 지연 위험
state-failed = 실패
state-emergency = 긴급
state-frozen = 동결 중
state-foreseen = 예정
state-held = 보류

## Work

work-due = 기한
work-effort = 예상 소요
work-if-late = 늦어지면
work-who = 담당
work-what = 할 일
work-when = 언제
work-state = 상태
work-role = 역할
work-step = 단계
work-start = 시작
work-end = 종료
work-since = 시작 시점
work-waiting-since = 대기 시작
work-told = 알린 시점
work-told-opened = 메일 확인 { $at }
work-told-sent = 메일 발송 { $at }, 아직 읽지 않음
work-told-not-yet = 아직 알리지 않음
work-you = 본인
work-nobody = 담당자 미정
work-by = { $time }까지
work-slack = 여유 { $span }
work-no-slack = 여유 없음
work-deputy = 대행 { $name }
work-away-until = { $date }까지 부재

## Forms and lists

form-optional = 선택
form-errors = 고칠 항목이 { $n }개 있습니다
form-required = 반드시 입력해야 합니다.
form-too-long = { $n }자까지 쓸 수 있습니다.
form-not-a-date = 날짜가 아닙니다. 2026-11-26처럼 써 주세요.
form-not-an-email = 이메일 주소가 아닙니다.
form-reason = 사유
form-remark = 비고
form-password-again = 서명을 위한 비밀번호
form-password-again-hint = 서명할 때마다 비밀번호를 묻습니다.
list-pages = 목록 페이지
list-previous = 이전
list-next = 다음
list-shown = { $all }건 중 { $shown }건
list-empty-filter = 조건에 맞는 것이 없습니다.
list-clear-filter = 조건 지우기
chart-as-table = 표로 보기

## Errors

error-kind = 오류 { $status }
error-why = 이유
error-now = 할 수 있는 일
error-code = 코드
error-trace = 로그 번호
error-home = 홈으로 가기
error-400-what = 요청을 읽을 수 없습니다
error-400-why = 주소나 양식이 완전하지 않습니다.
error-400-now = 뒤로 가서 페이지를 새로 고친 뒤 다시 보내 주세요.
error-401-what = 로그인이 필요합니다
error-401-why = 계정이 있는 사람만 볼 수 있거나 로그인 시간이 끝났습니다.
error-401-now = 로그인하면 이 페이지로 돌아옵니다.
error-403-what = 권한이 없습니다
error-403-why = 이 릴리즈나 사이트에 대한 역할에 포함되어 있지 않습니다.
error-403-now = 역할 관리자나 릴리즈 책임자에게 문의해 주세요.
error-404-what = 페이지를 찾을 수 없습니다
error-404-why = 주소가 잘못되었거나, 삭제되었거나, 볼 수 있는 범위 밖에 있습니다.
error-404-now = 이름으로 검색하거나 링크를 보낸 사람에게 물어보세요.
error-409-what = 그 사이 다른 사람이 바꾸었습니다
error-409-why = 보고 계신 내용은 이전 개정판입니다. 저장하지 않았습니다.
error-409-now = 페이지를 새로 고쳐 비교한 뒤 다시 해 주세요.
error-413-what = 올린 파일이 너무 큽니다
error-413-why = 설정에 정한 크기를 넘을 수 없습니다.
error-413-now = 파일을 나누거나 한도를 늘려 달라고 요청해 주세요.
error-422-what = 요청한 대로 할 수 없습니다
error-422-why = 프로세스 규칙에 맞지 않습니다.
error-422-now = 무엇을 해결해야 하는지 확인한 뒤 다시 시도해 주세요.
error-429-what = 요청이 너무 많습니다
error-429-why = 짧은 시간에 여러 번 시도했습니다.
error-429-now = 1분쯤 기다린 뒤 다시 시도해 주세요.
error-500-what = 서버에서 문제가 생겼습니다
error-500-why = 원인은 아래 번호로 로그에 남아 있습니다.
error-500-now = 다시 시도해 보고, 계속되면 서버 운영자에게 번호를 알려 주세요.
error-503-what = 서버가 아직 준비되지 않았습니다
error-503-why = 시작하거나 멈추는 중이거나 데이터베이스가 응답하지 않습니다.
error-503-now = 몇 초 뒤에 다시 시도해 주세요.
error-507-what = 서버 디스크가 가득 찼습니다
error-507-why = 저장하지 않았습니다. 읽기는 계속됩니다.
error-507-now = 서버 공간을 확보한 뒤 다시 해 주세요.

## Home

home-next-action = 다음 할 일
release-your-next = 내가 할 다음 일
ready-title = 준비 상황: { $all }건 중 { $done }건
ready-done = 완료 { $n }
ready-waiting = 대기 { $n }
ready-at-risk = 지연 위험 { $n }
ready-failed = 실패 { $n }
ready-not-started = 시작 전 { $n }
ready-still-open = 남은 항목
ready-nothing-open = 남은 항목이 없습니다.
