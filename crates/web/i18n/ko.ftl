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
action-remind = 다시 알리기
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

## Charts

lanes-week = { $year }년 주 시작
lanes-windows = 배포 윈도
lanes-go-live = 운영 반영, { $date }
lanes-now = 지금, { $at }
lanes-now-word = 지금
lanes-steps-done = 완료한 단계 { $n }개
lanes-gate = 관문
lanes-notice = 공지
lanes-freeze = 배포 동결
load-day = 날짜
load-planned = 계획
load-capacity = 가용 시간
load-weekend = 주말
load-leave = 휴가
load-over = { $span } 초과
load-legend-planned = 계획
load-legend-capacity = 내 가용 시간
load-legend-over = 가용 시간 초과
load-legend-off = 주말 또는 휴가
waves-title = 차수와 사이트 답변
waves-wave = 차수
waves-sites = 사이트
waves-rule = 규칙
waves-of = 전체 { $n }
waves-stop-line = 중지선: 이만큼 실패하면 차수를 멈춥니다
waves-accepted = 수락 { $n }
waves-later = 연기 { $n }
waves-declined = 거절 { $n }
waves-no-answer = 미응답 { $n }
waves-installed = 적용 완료 { $n }
waves-verified = 확인 완료 { $n }
waves-failed = 실패 { $n }
waves-held = 보류 { $n }
waves-scheduled = 예정 { $n }
waves-stops-at = { $n }곳 실패 시 멈춥니다.
heat-site = 사이트
heat-version = 버전
heat-support = 지원
heat-known-from = 확인 경로
heat-next = 다음 일정
heat-age = 경과
heat-newest = 최신
heat-behind = { $n }일 뒤처짐
heat-sites = 사이트 { $n }곳
heat-days-behind = 뒤처진 날수
heat-over = { $n } 초과
heat-range = { $from }~{ $to }
heat-unsure = 오늘 확인되지 않음
heat-support-end = 지원 종료
heat-support-until = { $date }까지
heat-support-ended = { $date } 종료
gantt-baseline = 기준 계획
gantt-slack = 여유
gantt-critical = 주 경로
gantt-critical-yes = 주 경로, 여유 없음
month-window = 배포 윈도
month-freeze = 배포 동결
month-nothing = 이 달에는 계획이 없습니다.

## Set-up

setup-title = Roadbook 처음 설정하기
setup-lead = 이 링크는 한 번만 쓸 수 있습니다. 첫 관리자가 됩니다.
setup-organization = 조직 이름
setup-your-name = 이름
setup-email = 이메일
setup-zone = 시간대
setup-submit = 조직 만들기
setup-used-what = 이미 썼거나 기한이 지난 링크입니다
setup-used-now = 서버에서 “roadbook init --new-link”를 실행해 주세요.
setup-next-title = 첫 릴리즈까지 세 단계
setup-next-sites = 스프레드시트에서 사이트 붙여 넣기
setup-next-process = 기본 프로세스 쓰기
setup-next-release = 첫 릴리즈 시작하기

## Sign-in

sign-in-title = 로그인
sign-in-user = 이메일 또는 사용자 이름
sign-in-password = 비밀번호
sign-in-new-password = 새 비밀번호
sign-in-password-hint = 12자 이상. 문장으로 만들면 좋습니다.
sign-in-submit = 로그인
sign-in-wrong = 이름이나 비밀번호가 맞지 않습니다.
sign-in-slow-down = 시도가 너무 많았습니다. { $span } 뒤에 다시 해 주세요.
sign-in-signed-out = 로그아웃했습니다.
invite-title = 비밀번호 정하기
invite-submit = 저장하고 로그인
account-title = 내 계정
account-shortcuts = 한 글자 단축키 사용
account-sessions = 로그인한 기기
account-away = 부재와 대행

## Home page

home-title = 오늘 할 일이 { $n }건 있습니다
home-title-none = 오늘 할 일이 없습니다
home-nothing-until = { $date }까지 할 일이 없습니다.
home-nothing-next = 다음 일: { $what }
home-nothing-ever = 아직 맡은 릴리즈 업무가 없습니다.
home-date-line = { $date } { $time }, { $place }
home-also-today = 오늘 할 다른 일
home-load = 앞으로 { $n }일
home-load-sum = 계획 { $planned }, 가용 { $available }
home-work = 앞으로 할 일
home-work-empty = 앞으로 14일 동안 계획된 일이 없습니다.
home-work-shown = { $all }건 중 { $shown }건
home-over = 가용 시간 { $span } 초과
home-waiting-for = 내가 기다리는 사람
home-waiting-for-empty = 기다리는 사람이 없습니다.
home-since = { $at }부터
home-due = 기한 { $at }
home-clash = 일정 충돌, { $when }
home-board = 알림판
home-board-empty = 알림이 없습니다.
home-new-release = 새 릴리즈
home-subscribe = 캘린더 구독

## Releases

releases-title = 릴리즈
releases-sub = 진행 중인 일과 위험한 일
releases-empty-title = 아직 릴리즈가 없습니다
releases-empty-text = 프로세스, 버전, 운영 반영 시점을 고르면 날짜를 거꾸로 계산합니다.
releases-version = 버전
releases-kind = 종류
releases-phase = 단계
releases-go-live = 운영 반영
releases-waiting-for = 기다리는 것
releases-risk = 위험
releases-open = 진행 중
releases-closed = 종료
releases-all = 전체
release-new-title = 새 릴리즈
release-new-process = 프로세스
release-new-product = 제품
release-new-title-field = 한 줄 제목
release-new-go-live = 희망 운영 반영 시점
release-new-scope = 대상 사이트
release-new-lead = 책임자
release-new-submit = 릴리즈 만들기

## Release

release-kind-main = 정식 버전
release-kind-patch = 패치
release-kind-hotfix = 긴급 배포
release-kind-planned = 정기 배포
release-kind-new-system = 신규 시스템
release-kind-upgrade = 업그레이드
release-go-live = 운영 반영 { $at }
release-no-go-live = 운영 반영 일정 미정
release-lead = 책임자 { $name }
release-tabs = 릴리즈
release-tab-overview = 개요
release-tab-plan = 계획
release-tab-readiness = 준비 상황
release-tab-live = 운영 반영 콘솔
release-tab-rollout = 차수별 적용
release-tab-notices = 공지
release-tab-documents = 문서
release-tab-record = 기록
release-who-holds-it = 누가 쥐고 있나
release-what-next = 앞으로 일어날 일
release-nobody-acts = 아무도 하지 않으면
release-lanes = 누가, 무엇을, 언제
release-gate-closes = 관문 마감 { $at }
release-act-hold = 보류
release-act-resume = 다시 진행
release-act-start = 시작
release-act-what-if = 가정해 보기…
release-act-bulletin = 알림 쓰기
release-act-close = 릴리즈 종료
release-act-cancel = 릴리즈 취소
release-state-draft = 초안
release-state-planned = 계획됨
release-state-running = 진행 중
release-state-held = 보류
release-state-live = 운영 중
release-state-closed = 종료
release-state-cancelled = 취소됨
release-draft-missing = 계획에 필요한 것
release-decision = 배포 결정
release-notes = 릴리즈 노트
release-close-code = 결과
release-close-success = 성공
release-close-issues = 문제가 있었으나 성공
release-close-rolled-back = 되돌림
release-close-not-done = 실행하지 않음
release-debts = 남은 의무
release-debts-block = 남은 의무 { $n }건 때문에 종료할 수 없습니다.

## Waiting

waiting-none = 기다리는 것이 없습니다
waiting-person = 사람을 기다립니다
waiting-signature = 서명 { $n }건을 기다립니다
waiting-approval = 승인을 기다립니다
waiting-document = 문서를 기다립니다
waiting-window = 배포 윈도를 기다립니다
waiting-freeze = 배포 동결 해제를 기다립니다
waiting-date = { $at }을 기다립니다
waiting-sites = 사이트 { $n }곳의 답변을 기다립니다
waiting-site = 사이트 답변을 기다립니다
waiting-notice = 공지 발송을 기다립니다
waiting-step = “{ $step }” 완료를 기다립니다
waiting-report = 사이트 결과 보고를 기다립니다
waiting-condition = 조건을 기다립니다: { $condition }
waiting-you = 본인 차례입니다

## Refusals

refusal-title = 거부되었습니다
refusal-lift = 해결 방법
refusal-own-work = 작성자는 자신의 문서를 승인할 수 없습니다.
refusal-own-work-lift = “{ $role }” 역할의 다른 사람이 승인해야 합니다.
refusal-wrong-signer = 이 단계의 서명자가 아닙니다.
refusal-not-your-turn = 아직 순서가 아닙니다. { $name } 님이 먼저 서명합니다.
refusal-unsigned = 보고서에 아직 서명이 없습니다.
refusal-changed = 승인 뒤에 문서가 바뀌어 승인이 무효가 되었습니다.
refusal-missing-deliverable = 산출물이 없습니다: { $what }
refusal-window-closed = 열린 배포 윈도가 없습니다. 다음: { $at }
refusal-frozen = 배포 동결 기간입니다: { $reason }, { $at }까지
refusal-lead-time = 사전 공지 기간 { $span }을 지킬 수 없습니다. 가장 이른 운영 반영: { $at }
refusal-scope = 이 프로세스 대상이 아닙니다: { $what }
refusal-stale = 그 사이 바뀌었습니다. 새로 고쳐 주세요.
refusal-wrong-state = “{ $state }” 상태에서는 할 수 없습니다.
refusal-missing-text = { $language } 문안이 없어 보내지 않습니다.
refusal-password = 비밀번호가 맞지 않아 서명하지 않았습니다.

## Pages of releases

why-start = 릴리스가 아직 시작되지 않았습니다.
why-hold = { $who } 님이 릴리스를 보류했습니다: { $reason }
why-step = “{ $what }” 단계가 먼저 끝나야 합니다.
why-person = { $who }({ $role }) 님이 처리합니다.
why-unassigned = “{ $role }” 역할을 맡은 사람이 없습니다. 담당자를 지정하세요.
why-approval = { $who }({ $role }) 님의 승인이 필요합니다.
why-opinion = { $who }({ $role }) 님의 의견이 필요합니다.
why-document = 문서 “{ $what }”이(가) 없습니다. 제출: { $role }
why-sections = 문서 “{ $what }”에 빈 항목이 있습니다: { $sections }
why-signature = { $role }이(가) 문서 “{ $what }”에 서명해야 합니다.
why-check = 점검 항목에 답하지 않았습니다: { $what }
why-check-failed = 점검 항목을 통과하지 못했습니다: { $what }
why-field = 입력하지 않았습니다: { $what }
why-slot = 운영 반영 일시가 정해지지 않았습니다. 시간을 정하세요.
why-window-opens = 그때는 열린 변경 창이 없습니다. 다음은 { $at }에 열립니다.
why-window = 그때는 열린 변경 창이 없습니다({ $what }).
why-capacity = 변경 창이 찼습니다. 사용 중: { $who }
why-freeze = { $at }까지 동결: { $reason }
why-freeze-by = { $at }까지 동결: { $reason }. { $role }이(가) 통과시킬 수 있습니다.
why-past = { $at }은(는) 지난 시간입니다. 이후 시간을 고르세요.
why-lead-time = “{ $what }”을(를) { $at }까지 끝냈어야 합니다.
why-not-before = { $at } 이후에 시작합니다.
why-sites = 사이트 { $need }곳 중 { $have }곳이 답했습니다.
why-contacts = 아직 { $n }건의 면담이 남았습니다.
why-notice = 공지가 아직 나가지 않았습니다.
why-gate = 프로세스 조건이 아직 충족되지 않았습니다: { $what }
why-release = 릴리스 { $what }을(를) 먼저 종료해야 합니다.
why-issues = 차단 이슈 { $n }건이 열려 있습니다.
why-debt = 긴급 처리로 남은 과제: { $what } ({ $role })
why-choice = 실패한 작업: { $what }. 롤백 또는 조치를 선택하세요.
no-closed = 릴리스가 종료되었습니다. 더 이상 바꿀 수 없습니다.
no-already-started = 릴리스가 이미 시작되었습니다.
no-unknown-step = 프로세스에 그런 단계가 없습니다.
no-unknown = 프로세스에 선언되지 않은 값입니다.
no-wrong-state = 지금 단계 상태에서는 할 수 없습니다. 페이지를 다시 여세요.
no-not-yet = 아직 부족한 것이 있습니다. 전체 목록입니다:
no-not-yours = 이 일을 맡는 역할이 아닙니다. 역할 담당자가 처리하거나 위임해야 합니다.
no-four-eyes = 작성하거나 신청한 사람은 승인할 수 없습니다. 다른 사람이 승인해야 합니다.
no-already-voted = 이미 표결했습니다. 한 사람은 한 번만 계산됩니다.
no-not-your-turn = 아직 차례가 아닙니다. 다른 승인자가 먼저입니다.
no-content-changed = 연 뒤에 내용이 바뀌었습니다. 다시 읽고 서명하세요.
no-reason-required = 사유를 적으세요.
no-step-up-required = 서명하려면 비밀번호가 필요합니다. 양식에 입력하세요.
no-slot-blocked = 이 시간에는 운영 반영을 할 수 없습니다:
no-slot-backwards = 종료가 시작보다 빠릅니다.
no-held = 릴리스가 보류 중입니다. 먼저 재개하세요.
no-not-held = 릴리스가 보류 상태가 아닙니다.
no-not-closable = 아직 릴리스를 종료할 수 없습니다. 남은 것:
no-wrong-close-code = 이 결과는 실제 진행과 맞지 않습니다.
no-choice-required = 작업이 실패했습니다. 롤백 또는 조치를 선택하세요.
no-no-way-back = 되돌릴 수 없는 지점을 지났습니다. 조치만 가능합니다.
no-condition = 프로세스 조건을 계산할 수 없습니다. 프로세스 담당자에게 문의하세요.
no-wrong-type = 값의 형식이 프로세스와 다릅니다.
home-if-late = { $at } 운영 반영이 위태로워집니다.
home-if-late-next = 다음 단계가 기다리게 됩니다.
home-open-step = 단계로 이동
release-new-kind = 릴리스 종류
release-new-mode = 정기 또는 긴급
release-new-mode-reason = 이렇게 하는 이유
release-new-content = 변경 내용
release-new-version-hint = 제품의 다음 번호는 { $version }입니다. 다르게 적어도 됩니다.
release-new-choose = 이 제품과 프로세스로 진행
release-mode-planned = 정기
release-mode-emergency = 긴급
release-state-ending = 마무리 중
release-hold-consequence = 재개할 때까지 이 릴리스에서는 아무 것도 할 수 없습니다.
release-cancel-consequence = 열린 단계가 모두 끝납니다. 되돌릴 수 없습니다.
release-close-consequence = 릴리스가 읽기 전용이 됩니다.
release-orders = 지시
release-field-save = 답 저장
step-begin = 시작
step-state-foreseen = 예정
step-state-ready = 준비됨
step-state-active = 진행 중
step-state-submitted = 일부 확인됨
step-state-returned = 반려됨
step-state-blocked = 막힘
step-state-done = 완료
step-state-skipped = 건너뜀
step-state-not-taken = 선택 안 됨
step-state-cancelled = 취소됨
step-open = 단계 열기
step-override = 없이 통과
step-not-applicable = 해당 없음
step-found = 확인 결과
step-count = 건수
step-meeting-date = 회의 날짜
step-minutes = 회의록
answer-yes = 예
answer-no = 아니요
vote-comment = 의견
vote-verdict = 표결
opinion-stance = 의견
opinion-for = 찬성
opinion-against = 반대
opinion-conditional = 조건부
decide-outcome = 결정
plan-slot-start = 운영 반영 시작
plan-slot-end = 운영 반영 종료
plan-free = 사용할 수 있는 시간입니다.
plan-blocked = 사용할 수 없는 시간입니다
plan-next-free = 다음 가능한 시간
plan-pass-blocks = 제약을 통과 (사유가 기록됨)
plan-steps = 단계와 날짜
plan-late = 지연
live-begin = 시작
live-fail = 실패
live-choose = 작업이 실패했습니다. 어떻게 할까요?
live-way-back = 롤백
live-remedy = 조치 후 계속
live-no-sheet = 이 프로세스에는 작업 순서표가 없습니다. 단계에서 진행하세요.
live-sheet = 작업 순서표
live-expected = 예상 결과: { $what }
live-sheet-open = 할 일
live-sheet-done = 모든 작업이 끝났습니다.
live-key-node = 핵심 노드
live-point-of-no-return = 이 작업 이후 되돌릴 수 없음
documents-missing = 아직 작성되지 않음
documents-note = 이 개정에서 바뀐 것
documents-text = 본문 (Markdown)
documents-save = 새 개정으로 저장
documents-file = 파일
documents-control = 이 개정을 유효로 지정
documents-status-controlled = 관리본
documents-signatures = 서명
documents-revisions = 개정 이력
documents-sign-as = { $role }(으)로 서명
documents-meaning = 서명의 의미
documents-meaning-reviewed = 검토함
documents-meaning-accepted = 수락함
release-close-remedied = 실패 후 조치함
step-comes-in = 앞 단계에서 옴
record-empty-release = 이 릴리스의 기록이 아직 없습니다.
documents-no-signatures = 아직 서명한 사람이 없습니다.

## Plan

plan-title = 계획
plan-question = 이것이 늦어지면 무엇이 밀리나요?
plan-empty = 운영 반영 시점을 고르면 날짜를 계산합니다.
plan-must-start = 늦어도 시작
plan-must-end = 늦어도 종료
plan-forecast = 예상
plan-slack = 여유
plan-baseline = 기준 계획
plan-set-baseline = 기준 계획으로 정하기
plan-what-if = 운영 반영 시점을 바꾸면?
plan-what-if-compute = 저장하지 않고 계산
plan-what-if-save = 운영 반영을 { $at }(으)로 옮기기
plan-diff-moves = 단계 { $n }개가 옮겨집니다
plan-diff-told = 사이트 { $n }곳에 다시 알립니다
plan-before = 변경 전
plan-after = 변경 후
plan-impossible = 모두 만족하는 날짜가 없습니다
plan-impossible-set = 함께 지킬 수 없는 조건
plan-impossible-ways = 해결 방법
plan-stale = 캘린더가 바뀌어 계획을 다시 계산하고 있습니다.

## Readiness and sign-off

ready-page-title = 준비 상황과 서명
ready-question = 운영에 반영해도 되나요?
ready-no-gate = 이 프로세스에는 관문이 없습니다. 프로세스가 그렇게 정했습니다.
ready-item = 항목
ready-evidence = 근거
ready-documents = 문서
ready-approvals = 승인
ready-tests = 시험
ready-notices = 공지
ready-tasks = 작업
ready-sites = 사이트
sign-title = “{ $what }” 서명
sign-exact = 아래 내용 그대로에 서명합니다.
sign-digest = 해시
sign-quorum = 서명 { $need }건 중 { $got }건
sign-order = 순서대로
sign-any-order = 순서 없음
sign-check = 확인했습니다
sign-expires = { $at } 만료
sign-signed-by = { $name } 서명, { $at }
sign-done = 서명했습니다.
sign-void = { $at }부터 무효
sign-reason-needed = 무엇을 고쳐야 하는지 써 주세요.
delegate-title = 위임할 사람
delegate-from = 시작일
delegate-until = 종료일

## Go-live console

live-title = { $version } 운영 반영
live-question = 지금 어떤 단계이고, 멈출 수 있나요?
live-now = 현재 단계
live-window-ends = 배포 윈도 종료까지
live-no-return = 되돌릴 수 없는 시점까지
live-opens = 배포 윈도 시작까지
live-rehearsal = 아직 배포 윈도가 열리지 않았습니다. 예행연습을 할 수 있습니다.
live-go = 진행
live-no-go = 진행하지 않음
live-roll-back = { $version }로 되돌리기
live-roll-back-confirm = 확인하려면 { $version }을 입력하세요
live-blocked = 막혔습니다
live-log = 단계 기록
live-next-step = 다음: { $step }
rollout-title = { $version } 차수별 적용
rollout-halted = 중지됨
rollout-wave-halted = { $wave } 자동 중지, { $at }
rollout-verified = 사이트 { $all }곳 중 { $n }곳 확인 완료
rollout-hold = 적용 보류
rollout-continue = 계속
rollout-skip-site = 이 사이트 건너뛰기
rollout-attention-first = 먼저 볼 사이트부터
rollout-no-sites = 대상 사이트가 없습니다. 태그를 달거나 범위를 바꾸세요.
report-title = 적용 결과 보고
report-outcome = 결과
report-installed = 적용 완료
report-verified = 적용하고 확인함
report-failed = 실패
report-rolled-back = 되돌림
report-not-done = 하지 않음
report-at = 시각
report-evidence = 근거 자료
report-submit = 결과 보고하기

## Calendar

calendar-title = 캘린더
calendar-question = 언제 할 수 있고, 언제 할 수 없나요?
calendar-month = 월
calendar-agenda = 일정 목록
calendar-previous = 이전 달
calendar-next = 다음 달
calendar-windows = 배포 윈도
calendar-window-add = 배포 윈도 추가
calendar-freezes = 배포 동결
calendar-freeze-add = 배포 동결 추가
calendar-freeze-lift = 동결 해제
calendar-freeze-why = 왜 동결되었나요?
calendar-holidays = 공휴일
calendar-made-up = 대체 근무일
calendar-import = .ics 가져오기
calendar-next-slot = 다음 빈 시간
calendar-clash = 일정 충돌
calendar-empty = 배포 윈도가 없습니다. 없으면 모든 근무일에 할 수 있습니다.
calendar-feed = 캘린더 피드
calendar-rule = 반복 규칙
calendar-zone = 시간대
calendar-name = 이름
calendar-from = 시작
calendar-until = 종료

## Sites

sites-title = 사이트
sites-question = 어디에서 어떤 버전을 쓰고, 어떻게 아는가
sites-view-versions = 버전별
sites-view-list = 목록
sites-columns = 보기
sites-group-by = 묶기
sites-group-country = 국가
sites-older-than = { $version }보다 낮은 사이트 모두
sites-plan-for = 사이트 { $n }곳 릴리즈 계획
sites-import = 붙여 넣기 또는 가져오기
sites-import-hint = 스프레드시트에서 행을 붙여 넣거나 머리글이 있는 CSV를 넣으세요.
sites-import-check = 행 검사하기
sites-import-take = { $n }행 가져오기
sites-import-errors = { $n }행을 읽을 수 없어 가져오지 않았습니다.
sites-import-row = { $n }행
sites-on-newest = 최신 { $version } 사용
sites-without-support = 지원 종료 버전 사용
sites-support-ends = { $date } 지원 종료
sites-confirmed-today = 오늘 확인한 버전
sites-of = 전체 { $n }
sites-empty-title = 아직 사이트가 없습니다
sites-empty-text = 스프레드시트에서 이름, 시간대, 버전 세 열을 붙여 넣으세요.
source-agent = 에이전트
source-person = 사람
source-import = 가져오기
source-unknown = 알 수 없음
site-runs = 현재 버전
site-history = 버전 이력
site-as-of = 기준 시점
site-contacts = 담당자
site-contact-language = 언어
site-address = 주소
site-tags = 태그
site-link = 사이트 전용 페이지 링크
site-link-new = 새 링크 보내기
site-decisions = 답변
site-decision-accepted = 수락
site-decision-postponed = 다른 시간 요청
site-decision-declined = 거절
site-decision-none = 아직 답변 없음
site-planned = 예정
site-feedback = 피드백
site-no-feedback = 아직 피드백이 없습니다.

## The site's own page

own-title = { $product } { $version } 업데이트 안내
own-to = { $site }, { $name } 님께
own-nothing-title = 예정된 변경이 없습니다
own-nothing-text = 지금 { $version }을 쓰고 계십니다. 변경 전에 먼저 알려 드립니다.
own-when = 언제 하나요?
own-waits = 답변을 기다립니다
own-accepted = 이 일정을 수락하셨습니다
own-postponed = 다른 시간을 요청하셨습니다
own-declined = 이번에는 받지 않기로 하셨습니다
own-installed = 적용을 마쳤습니다
own-downtime = 중단
own-reserve = 예비 시간
own-reserve-until = { $at }까지 ({ $place } 시간)
own-answer-by = 답변 기한
own-accept = 이 일정으로 진행해 주세요
own-propose = 다른 시간을 제안할게요
own-propose-times = 가능한 시간
own-propose-submit = 이 시간으로 제안하기
own-message = 남기실 말씀
own-decline = 이번에는 받지 않을게요
own-decline-text = 지금 쓰시는 { $version }을 계속 쓰시고, 지원이 끝나기 전에 다시 여쭙겠습니다.
own-decline-submit = 받지 않기로 보내기
own-change-until = 답변은 { $at }까지 바꿀 수 있습니다.
own-changes = 무엇이 달라지나요?
own-change-feature = 새 기능
own-change-better = 개선
own-change-fix = 오류 수정
own-change-note = 알아 두세요
own-prepare = 무엇을 준비하나요?
own-night = 그날은 이렇게 진행됩니다
own-back = 문제가 생기면 되돌립니다.
own-back-text = { $span } 안에 { $version }로 돌아가고, 데이터는 시작 시점 그대로 남습니다.
own-questions = 궁금한 점이 있으신가요?
own-call = 전화하기
own-write = 문의 남기기
own-guide = 업데이트 가이드
own-notes = 릴리즈 노트 { $version }
own-ics = 캘린더에 추가
own-feedback = 사용해 보니 어떠신가요?
own-feedback-good = 잘 됩니다
own-feedback-problem = 문제가 있습니다
own-feedback-submit = 피드백 보내기
own-feedback-thanks = 고맙습니다. 피드백을 기록했습니다.
own-footer = 이 페이지는 { $site } 전용이며 { $date }까지 열립니다. 답변한 사람과 시각이 기록됩니다.
own-expired-what = 기한이 지난 링크입니다
own-expired-now = 새 링크를 요청하시면 등록된 주소로 보내 드립니다.
own-expired-ask = 새 링크 요청
own-receipt-title = 읽으셨는지 확인해 주세요
own-receipt-submit = 읽었습니다
own-receipt-done = 확인함, { $at }

## Notices

notices-title = 공지
notices-question = 누구에게 무엇을 언제 알리고, 받았나요?
notices-empty = 아직 공지가 없습니다. 릴리즈의 프로세스에서 만들어집니다.
notices-due = 발송 시점
notices-audience = 받는 사람
notices-recipients = 수신자 { $n }명
notices-recipients-title = 실제 수신자
notices-channel = 경로
notices-channel-mail = 이메일
notices-channel-board = 알림판
notices-channel-public = 공개 페이지
notices-channel-task = 사람이 직접 알리기
notices-preview = 미리 보기
notices-preview-in = { $language } 미리 보기
notices-subject = 제목
notices-log = 발송 기록
notices-read = { $all }명 중 { $read }명 읽음
notices-correct = 정정 공지 보내기
notices-retract = 공지 취소
notices-retry = 다시 보내기
notices-quiet = 방해 금지 시간 뒤 { $at }에 보냅니다
notices-dead = 전달하지 못한 공지
delivery-due = 발송 예정
delivery-sending = 보내는 중
delivery-sent = 보냄
delivery-opened = 열어 봄
delivery-acknowledged = 읽음 확인
delivery-failed = 실패, { $at } 다시 시도
delivery-dead = 전달 불가
delivery-superseded = 새 공지로 대체됨
delivery-retracted = 취소됨
notices-state-planned = 예정
notices-state-blocked = 내용 미완성
notices-state-skipped = 발송 안 함
notices-earliest = 발송 시작
notices-latest = 발송 기한
notices-missing = 빠진 내용
notices-acknowledged = { $percent }%가 수신을 확인했습니다
notices-recipient = 받는 사람
notices-error = 메일 서버 응답
notices-discard = 발송 포기
notices-discard-reason = 알리지 않아도 되는 이유
notices-all = 전체 공지
notices-late = 사전 안내 기한을 넘겼습니다.
notices-at-risk = 사전 안내 기한을 넘길 수 있습니다.
delivery-discarded = 발송 포기

## Documents

documents-title = 문서
documents-empty = 아직 문서가 없습니다. 필요한 문서는 프로세스에 있습니다.
documents-name = 문서
documents-revision = 개정
documents-author = 작성자
documents-status-draft = 초안
documents-status-review = 검토 중
documents-status-approved = 승인됨
documents-status-obsolete = 폐기
documents-public = 공개
documents-internal = 내부용
documents-confidential = 대외비
documents-write = 여기에서 작성
documents-upload = 파일 올리기
documents-submit-review = 검토 요청
documents-section-missing = “{ $section }” 항목이 비어 있습니다.
documents-archive = 보관 묶음
documents-archive-hint = 어느 컴퓨터에서나 “roadbook record verify”로 확인할 수 있습니다.

## Processes

processes-title = 프로세스
processes-question = 우리 프로세스는 무엇을 요구하나요?
processes-empty = 아직 프로세스가 없습니다. 기본 프로세스를 쓰거나 파일을 가져오세요.
processes-starter = 기본 프로세스 쓰기
processes-revision = 개정 { $n }
processes-used-by = 릴리즈 { $n }건에서 사용
processes-file = 파일
processes-lanes = 역할별 흐름
processes-findings = 검사 결과
processes-no-findings = 검사에서 발견된 문제가 없습니다.
processes-line = { $n }번째 줄
processes-diff = 개정 간 차이
processes-check = 검사
processes-simulate = 모의 실행
processes-publish = 게시
processes-published = { $at } 게시

## Products and versions

products-title = 제품과 버전
products-question = 다음 번호는 무엇이고, 왜 그런가요?
products-empty = 아직 제품이 없습니다.
products-add = 제품 추가
products-name = 이름
products-scheme = 버전 체계
products-newest = 최신 버전
products-next = 다음 버전
products-next-why = 이 번호인 이유
products-bump-main = 정식 버전
products-bump-feature = 신규 기능 업데이트
products-bump-minor = 오류 수정·소규모 기능 업데이트
products-bump-server = 서버 업데이트
products-support-until = 지원 종료일
products-released = 출시일
products-line = 버전 계열

## People and roles

people-title = 사람과 역할
people-question = 누가 무엇을 어디서 언제까지 할 수 있나요?
people-name = 이름
people-unit = 부서
people-email = 이메일
people-roles = 역할
people-add = 사람 추가
people-import = CSV에서 가져오기
people-grant = 역할 주기
people-grant-where = 범위
people-grant-until = { $date }까지
people-grant-revoke = 역할 회수
people-invite = 초대 보내기
people-invited = { $at } 초대함
people-units = 조직도
people-empty = 아직 혼자입니다. 사람을 추가하거나 가져오세요.

## Record

record-title = 기록
record-question = 증명할 수 있나요?
record-empty = 아직 기록이 없습니다.
record-at = 시각(ISO)
record-who = 누가
record-what = 무엇을
record-stream = 흐름
record-hash = 해시
record-intact = 기록이 온전합니다. { $n }건을 확인했습니다.
record-broken = { $n }번 기록에서 사슬이 끊어졌습니다.
record-verify = 지금 확인
record-head = 서명된 머리값

## Settings

settings-title = 설정
settings-question = 서버 설정과 상태는 어떤가요?
settings-mail = 메일
settings-mail-none = 메일 서버가 없습니다. 공지는 보내지 않고 기다립니다.
settings-mail-host = 서버
settings-mail-port = 포트
settings-mail-from = 보내는 주소
settings-mail-tls = 암호화
settings-test-now = 지금 시험하기
settings-test-to = 시험 메일 받을 주소
settings-test-ok = 메일 서버가 { $to }로 보낸 시험 메일을 받았습니다.
settings-test-failed = 시험에 실패했습니다: { $reason }
settings-health = 상태
settings-database = 데이터베이스
settings-backup = 마지막 백업
settings-backup-never = 없음
settings-outbox = 발송 대기
settings-version = 서버 버전
settings-origin = 설정 출처
settings-origin-flag = 실행 옵션
settings-origin-env = 환경 변수
settings-origin-file = 파일
settings-origin-default = 기본값
settings-name = 항목
settings-value = 값

## Outbox of the demo

outbox-title = 보낸 메일함
outbox-question = 데모에서 보냈을 모든 메일
outbox-empty = 아직 메일이 없습니다. 시계가 가고 있으니 잠시 뒤에 다시 보세요.
outbox-to = 받는 사람
outbox-links = 일회용 링크

## Search

search-title = 검색
search-results = “{ $q }” 검색 결과 { $n }건
search-nothing = “{ $q }”을(를) 찾지 못했습니다. 버전, 사이트, 이름으로 찾아보세요.

## Public release page

public-title = { $organization } 릴리즈 안내
public-lead = 나온 버전과 앞으로 나올 버전을 안내합니다.
public-upcoming = 예정
public-past = 나온 버전
public-empty = 아직 공개한 내용이 없습니다.
public-feed = 피드 구독
public-go-live = 운영 반영 일시
public-updated = 마지막 안내
public-canceled = 취소됨
public-read = 공지 보기
public-requirements = 시스템 요구 사항
public-features = 신규 기능
public-improvements = 개선 사항
public-guide = 업그레이드 가이드
public-history = 안내 이력
public-kind-notice = 최초 공지
public-kind-correction = 일정 변경
public-kind-retraction = 취소 안내
public-subscribe-title = 새 배포 소식을 메일로 받기
public-subscribe-address = 이메일 주소
public-subscribe-submit = 구독 신청
public-subscribe-asked = 입력하신 주소로 확인 메일을 보냈습니다. 메일의 링크를 누르면 구독이 시작됩니다.
public-confirm-title = 구독 확인
public-confirm-lead = 이 주소로 새 배포 소식을 보내 드립니다.
public-confirm-submit = 네, 새 배포 소식을 받겠습니다
public-confirm-done = 이제 { $address } 주소로 새 배포 소식을 보내 드립니다.
public-leave-title = 구독 해지
public-leave-lead = 이 주소로 더 이상 메일을 보내지 않습니다.
public-leave-submit = 구독 해지하기
public-leave-done = 구독이 해지되었습니다.
public-back = 전체 목록
receipt-outdated = 이 공지는 더 새로운 공지로 대체되었습니다.

## Step

step-title = “{ $step }” 단계
step-inputs = 필요한 것
step-inputs-empty = 다른 사람에게 받을 것이 없습니다.
step-outputs = 넘겨줄 것
step-outputs-empty = 이 단계의 결과를 기다리는 사람이 없습니다.
step-from = { $name }에게서 받음
step-for = { $name }에게 전달
step-number = 번호
step-activity = 활동
step-matters = 승인 사항
step-deliverables = 산출물
step-checks = 점검 항목
step-guide = 하는 방법
step-history = 단계 이력
step-before = 앞 단계
step-after = 다음 단계
diff-added = 추가됨
diff-removed = 삭제됨
diff-none = 두 개정이 같습니다.

## Door

setup-lang = 언어
setup-sign-in-name = 사용자 이름
sign-in-again-later = 시도 횟수가 너무 많습니다. 잠시 후 다시 시도하세요.
link-title = 받으신 링크
link-continue = 계속
done-saved = 저장했습니다.
own-no-date = 날짜가 아직 정해지지 않았습니다. 정해지는 대로 알려 드립니다.
own-feedback-partly = 일부만 작동합니다
own-feedback-problems = 무엇이 작동하지 않았습니까?
own-feedback-ideas = 무엇을 개선하면 좋겠습니까?
own-feedback-rating = 얼마나 만족하십니까? (1~5)
own-read = 릴리스 노트를 읽으셨습니다
sites-any-product = 모든 제품
sites-text = 이름 또는 고객
sites-product = 제품
sites-older = 이 버전보다 오래됨
sites-filter = 보기
sites-about = 고객과 태그
sites-import-kind = 행의 종류
sites-import-rows = 행
sites-import-new = 신규
sites-import-changed = 변경됨
sites-import-same = 변경 없음
outcome-skipped = 제외됨
outcome-none = 아직 보고되지 않음
report-evidence-hint = 기록, 티켓 번호 또는 확인한 내용. 설치와 되돌림에는 반드시 필요합니다.
site-decide-for = 사이트를 대신하여 답변
site-link-once = 이 링크는 지금만 표시됩니다. 담당자에게 보내십시오.
site-contact-add = 담당자 추가
site-mail = 이메일 주소
calendar-any-window = 모든 배포 윈도
calendar-minutes = 필요한 시간(분)
calendar-ask = 가능 여부와 이유 확인
calendar-import-hint = 종일 일정이 담긴 .ics 파일의 내용을 붙여 넣으십시오.
why-free = 이 시간은 비어 있습니다
why-empty = 길이가 없는 시간입니다.
why-outside = 이때는 열린 배포 윈도가 없습니다.
why-long = 배포 윈도보다 { $span } 더 깁니다.
why-year = { $year }년 배포 윈도가 아직 승인되지 않았습니다.
why-full = 배포 윈도가 가득 찼습니다. 동시에 { $n }건까지 가능합니다.
why-frozen = { $until }까지 동결: { $reason }
release-sites-empty = 이 릴리스에는 아직 사이트가 없습니다.
release-sites-bulk = 여러 사이트를 한 번에 보고
release-sites-talks = 사이트와의 연락
release-sites-read = 릴리스 노트를 읽음
products-key = 짧은 이름
products-key-hint = 영문 소문자와 숫자만 쓰며 나중에 바꿀 수 없습니다.
processes-steps = 단계
processes-published-as = 개정 이력
people-invite-once = 이 링크를 당사자에게 전달하세요. 지금 한 번만 표시되며 한 번만 사용할 수 있습니다.
role-site-contact = 사이트 담당자
role-head-of-unit = 신청 부서의 장
calendar-past = 이미 지난 시간입니다.

# First steps
start-title = 첫걸음
start-sub = 빈 설치에서 첫 릴리즈까지 갑니다. 끝낸 단계는 그대로 남으니 언제든 돌아와도 됩니다.
start-count = { $all }단계 중 { $done }단계 완료
start-all-done = 준비가 모두 끝났고 첫 릴리즈가 열렸습니다.
start-now = 다음
start-not-you = 이 일을 할 수 있는 역할이 없습니다. 관리자나 릴리즈 관리자에게 요청하세요.
start-product = 제품 만들기
start-product-text = 제품은 번호를 붙여 내보내는 단위입니다. 이름만 있으면 시작할 수 있습니다.
start-sites-text = 사이트는 제품이 돌아가는 곳입니다. 고객사, 공장, 서버실 등을 제목 줄과 함께 복사해 넣으세요.
start-sites-open = 사이트 붙여 넣기
start-process = 프로세스 고르기
start-process-text = 프로세스는 누가 무엇을 어떤 순서로 언제까지 하는지 정합니다. 기본 프로세스는 간단하며 나중에 바꿀 수 있습니다.
start-process-steps = { $n }단계
start-process-publish = 기본 프로세스 게시
start-process-chosen = 선택됨
start-process-choose = 이것으로 하기
start-release = 첫 릴리즈 열기
start-release-text = 어떤 릴리즈인지 한 줄로 적습니다. 책임자는 본인이며, 릴리즈 화면에서 누가 먼저 할지 볼 수 있습니다.
start-release-first = 먼저 제품과 프로세스가 있어야 합니다.
home-start-title = 아직 릴리즈가 없습니다
home-start-text = 제품, 사이트, 프로세스, 릴리즈의 네 단계면 첫 릴리즈를 열 수 있습니다.
home-start-go = 시작하기
form-taken = 이미 쓰이고 있습니다. 다른 값을 고르세요.
form-not-a-zone = 시간대가 아닙니다. Asia/Seoul처럼 적으세요.
form-not-a-key = a–z, 0–9와 . _ - 만 쓸 수 있으며 64자까지입니다.
form-one-line = 제어 문자 없이 한 줄로 적으세요.
products-key-made = 비워 두면 이름에서 만듭니다. 나중에 바꿀 수 없습니다.

# Settings
settings-dead = 발송 포기
settings-quarantined = 백업에서 돌아옴
settings-mail-how = 설정 파일에 메일 서버 주소를 적고 서버를 다시 시작하세요.
settings-outbox-title = 발송함
settings-outbox-waits = { $n ->
    [0] 발송을 기다리는 것이 없습니다.
   *[other] { $n }건이 발송을 기다립니다.
 }
settings-outbox-next = 다음 발송은 { $at }입니다.
settings-quarantine = 백업에서 돌아온 { $n }건은 직접 풀기 전에는 발송하지 않습니다.
settings-quarantine-release = 발송 허용
settings-dead-many = 메일 { $n }건의 발송을 포기했습니다. 해당 릴리즈의 책임자가 다시 시도하거나 버립니다.
settings-dead-none = 발송을 포기한 것이 없습니다.
settings-health-hint = 자체 점검은 기록, 발송함, 버전 이력을 읽고 있을 수 없는 상태를 알려 줍니다. 아무것도 바꾸지 않습니다.
settings-health-well = 이상이 없습니다. { $n }건을 점검했습니다.
settings-health-ill = 있을 수 없는 상태가 { $n }건 있습니다.
settings-health-now = 손대기 전에 데이터 디렉터리를 복사해 두고 다음을 실행하세요.
settings-health-check = 지금 점검
settings-since = { $date }에 설치
settings-installation-hint = 새 부서, 사람, 사이트는 이 값으로 시작합니다.
settings-address = 주소
settings-public = 공개 화면
settings-public-open = 공개 화면 열기
settings-server = 서버
# Account
account-profile = 내 정보
account-email-hint = 공지를 받는 주소입니다. 비워 두면 게시판에만 표시됩니다.
account-quiet-hint = 급하지 않은 메일은 이 시간대의 21:00부터 07:00까지 보내지 않습니다.
account-roles = 내 역할
account-role = 역할
account-dates = 기간
account-no-roles = 아직 역할이 없습니다. 역할은 관리자가 줍니다.
account-everywhere = 전체
account-since = { $date }부터
account-in-force = 유효
account-later = 예정
account-over = 종료
account-password-old = 현재 비밀번호
account-password-change = 비밀번호 변경
account-password-hint = 다른 세션은 모두 종료됩니다.
account-password-wrong = 현재 비밀번호가 아닙니다. 아무것도 바뀌지 않았습니다.
account-session = { $at } 로그인
account-session-seen = 마지막 사용 { $at }
account-session-this = 지금 쓰는 세션
account-session-end = 종료
account-session-end-all = 나머지 모두 종료
account-away-none = 부재 일정도 대리인도 없습니다.
account-absence = 부재
account-absence-add = 부재 등록
account-deputy = 대리인의 사용자 이름
account-deputy-hint = 내 업무가 이 사람에게도 보이며, 서명에는 두 사람 이름이 모두 남습니다.
account-deputy-add = 대리인 지정
account-deputy-is = { $name } 님이 대리합니다
account-deputy-unknown = 볼 수 있는 사람 중에 이 사용자 이름을 가진 사람이 없습니다.
account-stands-in = { $name } 님을 대리합니다
account-from = 첫날
account-to = 마지막 날
account-order = 마지막 날은 첫날보다 뒤여야 하며 이미 지난 날이면 안 됩니다.
grant-admin = 관리자
grant-manager = 릴리즈 관리자
grant-process-owner = 프로세스 소유자
grant-member = 구성원
grant-auditor = 감사자
grant-deputy = 대리인
