### Texts in Simplified Chinese. Keys are page-thing-detail; the four catalogues have the same keys and arguments.

## Formats

fmt-today = 今天
fmt-tomorrow = 明天
fmt-yesterday = 昨天
fmt-now = 现在
fmt-in-days = { $n }天后
fmt-days-ago = { $n }天前
fmt-in = { $span }后
fmt-ago = { $span }前

## Navigation

nav-main = 主导航
nav-main-phone = 主导航（手机）
nav-skip = 跳到正文
nav-close = 关闭菜单
nav-search = 搜索或前往
nav-path = 当前位置
nav-home = 首页
nav-releases = 发布
nav-calendar = 日历
nav-sites = 站点
nav-care = 服务
nav-notices = 通知
nav-documents = 文档
nav-organization = 组织
nav-processes = 流程
nav-products = 产品与版本
nav-people = 人员与角色
nav-record = 记录
nav-settings = 设置
nav-demo = 演示
nav-outbox = 发件箱
nav-more = 更多
nav-preferences = 语言与外观
nav-language = 语言
nav-change-language = 切换语言
nav-theme = 外观
nav-theme-auto = 跟随设备
nav-theme-light = 浅色
nav-theme-dark = 深色
nav-account = 我的账户
nav-sign-out = 退出登录

## Demo

demo-ribbon = 演示
demo-ribbon-detail = 使用示例数据和加速时钟。邮件不会离开本机。
demo-ribbon-outbox = 在发件箱中查看邮件

## Palette, keys, live

palette-title = 搜索或前往
palette-nothing = 没有找到
keys-title = 本页快捷键
keys-help = 可以在我的账户中关闭单键快捷键。
live-updated = 页面已更新。
live-lost = 连接已断开，所见内容可能已过时。
live-back = 已重新连接。
live-stale = 数据截至{ $since }。

## Acts

action-back = 返回
action-close = 关闭
action-retry = 重试
action-save = 保存
action-edit = 编辑
action-add = 添加
action-remove = 移除
action-cancel = 取消
action-open = 打开
action-show-all = 查看全部
action-filter = 筛选
action-import = 导入
action-export = 导出
action-download = 下载
action-upload = 上传
action-approve = 批准
action-reject = 驳回
action-return = 退回修改
action-sign = 阅读并签署
action-delegate = 委托
action-reassign = 重新指派
action-remind = 提醒
action-remind-now = 立即提醒
action-remind-who = 提醒{ $name }
action-call = 致电{ $number }
action-done = 标记完成
action-answer = 答复
action-take = 采用此方案

## States

state-done = 已完成
state-running = 进行中
state-waiting = 等待中
state-at-risk = 有风险
state-failed = 失败
state-emergency = 紧急
state-frozen = 冻结中
state-foreseen = 计划中
state-held = 已暂停

## Work

work-due = 截止
work-effort = 工作量
work-if-late = 如果延误
work-who = 负责人
work-what = 事项
work-when = 时间
work-state = 状态
work-role = 角色
work-step = 步骤
work-start = 开始
work-end = 结束
work-since = 起始
work-waiting-since = 等待自
work-told = 已告知
work-told-opened = 邮件于{ $at }打开
work-told-sent = 邮件于{ $at }发出，未打开
work-told-not-yet = 尚未告知
work-you = 您
work-nobody = 暂无负责人
work-by = { $time }之前
work-slack = 余量{ $span }
work-no-slack = 无余量
work-deputy = 代理人{ $name }
work-away-until = 离岗至{ $date }

## Forms and lists

form-optional = 可选
form-errors = 有{ $n }项需要修改
form-required = 此项必填。
form-too-long = 最多{ $n }个字符。
form-not-a-date = 日期无效，请按2026-11-26的格式填写。
form-not-an-email = 电子邮件地址无效。
form-reason = 原因
form-remark = 备注
form-password-again = 输入密码以签署
form-password-again-hint = 每次签署都需要输入密码。
list-pages = 列表分页
list-previous = 上一页
list-next = 下一页
list-shown = { $all }项中的{ $shown }项
list-empty-filter = 没有符合筛选条件的内容。
list-clear-filter = 清除筛选
chart-as-table = 以表格显示

## Errors

error-kind = 错误 { $status }
error-why = 原因
error-now = 可以怎么做
error-code = 代码
error-trace = 日志编号
error-home = 回到首页
error-400-what = 无法读取请求
error-400-why = 地址或表单不完整。
error-400-now = 请返回，重新加载页面后再次提交。
error-401-what = 请先登录
error-401-why = 此页面需要账户，或您的会话已结束。
error-401-now = 登录后将回到此页面。
error-403-what = 您没有权限执行此操作
error-403-why = 您在此发布或站点上的角色不包含此权限。
error-403-now = 请联系角色管理员或发布负责人。
error-404-what = 页面不存在
error-404-why = 地址有误、内容已移除，或不在您的权限范围内。
error-404-now = 请按名称搜索，或询问发送链接的人。
error-409-what = 内容已被他人修改
error-409-why = 您看到的是旧修订，未保存任何更改。
error-409-now = 请重新加载页面，比较后再操作。
error-413-what = 上传内容过大
error-413-why = 请求超过设置中规定的大小。
error-413-now = 请拆分文件，或申请提高上限。
error-422-what = 无法按要求执行
error-422-why = 流程规则不允许。
error-422-now = 请查看解除条件后重试。
error-429-what = 请求过多
error-429-why = 短时间内尝试次数过多。
error-429-now = 请稍等一分钟后重试。
error-500-what = 服务器出现故障
error-500-why = 原因已按下方编号写入日志。
error-500-now = 请重试；若仍失败，请将编号发给服务器管理员。
error-503-what = 服务器尚未就绪
error-503-why = 服务器正在启动或停止，或数据库没有响应。
error-503-now = 请几秒后重试。
error-507-what = 服务器磁盘已满
error-507-why = 未保存任何内容，仍可读取。
error-507-now = 请释放服务器空间后再操作。

## Home

home-next-action = 下一步
release-your-next = 您的下一步
ready-title = 就绪情况：{ $all }项中的{ $done }项
ready-done = { $n }项已完成
ready-waiting = { $n }项等待中
ready-at-risk = { $n }项有风险
ready-failed = { $n }项失败
ready-not-started = { $n }项未开始
ready-still-open = 未完成项
ready-nothing-open = 没有未完成项。

## Charts

lanes-week = { $year }年各周
lanes-windows = 发布窗口
lanes-go-live = 上线，{ $date }
lanes-now = 现在，{ $at }
lanes-now-word = 现在
lanes-steps-done = 已完成{ $n }个步骤
lanes-gate = 关口
lanes-notice = 通知
lanes-freeze = 封网
load-day = 日期
load-planned = 计划
load-capacity = 可用工时
load-weekend = 周末
load-leave = 休假
load-over = 超出{ $span }
load-legend-planned = 计划
load-legend-capacity = 您的可用工时
load-legend-over = 超出可用工时
load-legend-off = 周末或休假
waves-title = 批次与站点答复
waves-wave = 批次
waves-sites = 站点
waves-rule = 规则
waves-of = 共{ $n }
waves-stop-line = 停止线：失败站点达到此数时批次停止
waves-accepted = { $n }个接受
waves-later = { $n }个延期
waves-declined = { $n }个谢绝
waves-no-answer = { $n }个未答复
waves-installed = { $n }个升级完成
waves-verified = { $n }个已验证
waves-failed = { $n }个失败
waves-held = { $n }个暂停
waves-scheduled = { $n }个已安排
waves-stops-at = { $n }个站点失败时停止。
heat-site = 站点
heat-version = 版本
heat-support = 支持
heat-known-from = 信息来源
heat-next = 下一步
heat-age = 时效
heat-newest = 最新
heat-behind = 落后{ $n }天
heat-sites = { $n }个站点
heat-days-behind = 落后天数
heat-over = 超过{ $n }
heat-range = { $from }至{ $to }
heat-unsure = 今日未确认
heat-support-end = 支持结束
heat-support-until = 至{ $date }
heat-support-ended = { $date }已结束
gantt-baseline = 基线
gantt-slack = 余量
gantt-critical = 关键路径
gantt-critical-yes = 关键路径，无余量
month-window = 发布窗口
month-freeze = 发布冻结期
month-nothing = 本月没有计划。

## Set-up

setup-title = 设置 Roadbook
setup-lead = 此链接只能使用一次，您将成为首位管理员。
setup-organization = 组织名称
setup-your-name = 您的姓名
setup-email = 电子邮箱
setup-zone = 时区
setup-submit = 创建组织
setup-used-what = 此链接已使用或已过期
setup-used-now = 请在服务器上运行“roadbook init --new-link”。
setup-next-title = 三步完成首次发布
setup-next-sites = 从电子表格粘贴站点
setup-next-process = 采用入门流程
setup-next-release = 开始首次发布

## Sign-in

sign-in-title = 登录
sign-in-user = 电子邮箱或用户名
sign-in-password = 密码
sign-in-new-password = 新密码
sign-in-password-hint = 至少12个字符，建议使用一句话。
sign-in-submit = 登录
sign-in-wrong = 用户名或密码错误。
sign-in-slow-down = 尝试次数过多，请等待{ $span }后重试。
sign-in-signed-out = 您已退出登录。
invite-title = 设置密码
invite-submit = 保存并登录
account-title = 我的账户
account-shortcuts = 使用单键快捷键
account-sessions = 已登录的设备
account-away = 离岗与代理

## Home page

home-title = 今天有{ $n }件事需要您处理
home-title-none = 今天没有需要您处理的事
home-nothing-until = { $date }之前没有需要您处理的事。
home-nothing-next = 接下来：{ $what }
home-nothing-ever = 目前没有发布需要您参与。
home-date-line = { $date } { $time }，{ $place }
home-also-today = 今天的其他事项
home-load = 未来{ $n }天
home-load-sum = 计划{ $planned }，可用{ $available }
home-work = 后续工作
home-work-empty = 未来14天没有为您安排的工作。
home-work-shown = { $all }项中的{ $shown }项
home-over = 超出可用工时{ $span }
home-waiting-for = 我在等谁
home-waiting-for-empty = 您没有在等待任何人。
home-since = 自{ $at }
home-due = 截止{ $at }
home-clash = 日程冲突，{ $when }
home-board = 公告板
home-board-empty = 没有公告。
home-new-release = 新建发布
home-subscribe = 订阅日历

## Releases

releases-title = 发布
releases-sub = 正在进行与存在风险的发布
releases-empty-title = 还没有发布
releases-empty-text = 选择流程、版本和上线时间，日期将由此倒推。
releases-version = 版本
releases-kind = 类型
releases-phase = 阶段
releases-go-live = 上线
releases-waiting-for = 等待对象
releases-risk = 风险
releases-open = 进行中
releases-closed = 已关闭
releases-all = 全部
release-new-title = 新建发布
release-new-process = 流程
release-new-product = 产品
release-new-title-field = 标题（一行）
release-new-go-live = 期望上线时间
release-new-scope = 范围内的站点
release-new-lead = 负责人
release-new-submit = 创建发布

## Release

release-kind-main = 主版本
release-kind-patch = 补丁
release-kind-hotfix = 紧急发布
release-kind-planned = 计划内发布
release-kind-new-system = 新系统
release-kind-upgrade = 升级
release-go-live = 上线 { $at }
release-no-go-live = 尚无上线日期
release-lead = 负责人{ $name }
release-tabs = 发布
release-tab-overview = 概览
release-tab-plan = 计划
release-tab-readiness = 就绪情况
release-tab-live = 上线控制台
release-tab-rollout = 分批上线
release-tab-notices = 通知
release-tab-documents = 文档
release-tab-record = 记录
release-who-holds-it = 当前在谁手上
release-what-next = 接下来会怎样
release-nobody-acts = 若无人处理
release-lanes = 谁在何时做什么
release-gate-closes = 关口于{ $at }关闭
release-act-hold = 暂停
release-act-resume = 恢复
release-act-start = 开始
release-act-what-if = 假设分析…
release-act-bulletin = 发布公告
release-act-close = 关闭发布
release-act-cancel = 取消发布
release-state-draft = 草稿
release-state-planned = 已计划
release-state-running = 进行中
release-state-held = 已暂停
release-state-live = 已上线
release-state-closed = 已关闭
release-state-cancelled = 已取消
release-draft-missing = 制定计划还缺少
release-decision = 发布决策
release-notes = 发布说明
release-close-code = 结果
release-close-success = 成功
release-close-issues = 成功但有问题
release-close-rolled-back = 已回退
release-close-not-done = 未执行
release-debts = 待补事项
release-debts-block = { $n }项待补事项阻止关闭。

## Waiting

waiting-none = 没有等待事项
waiting-person = 等待人员处理
waiting-signature = 等待{ $n }个签署
waiting-approval = 等待批准
waiting-document = 等待文档
waiting-window = 等待发布窗口
waiting-freeze = 等待封网结束
waiting-date = 等待{ $at }
waiting-sites = 等待{ $n }个站点
waiting-site = 等待站点
waiting-notice = 等待通知发出
waiting-step = 等待“{ $step }”
waiting-report = 等待站点报告
waiting-condition = 等待条件：{ $condition }
waiting-you = 等待您处理

## Refusals

refusal-title = 操作被拒绝
refusal-lift = 解除条件
refusal-own-work = 文档作者不能批准自己的文档。
refusal-own-work-lift = 由另一位“{ $role }”角色的人员批准。
refusal-wrong-signer = 您不是此步骤的签署人。
refusal-not-your-turn = 尚未轮到您，{ $name }先签署。
refusal-unsigned = 报告尚未签署。
refusal-changed = 文档在批准后被修改，批准已失效。
refusal-missing-deliverable = 缺少交付物：{ $what }
refusal-window-closed = 当前没有开放的发布窗口，下一个：{ $at }
refusal-frozen = 处于发布冻结期：{ $reason }，至{ $at }
refusal-lead-time = 无法满足{ $span }的提前期，最早上线时间：{ $at }
refusal-scope = 此流程不适用于：{ $what }
refusal-stale = 内容已被修改，请重新加载。
refusal-wrong-state = 处于“{ $state }”状态时无法执行。
refusal-missing-text = 缺少{ $language }文本，不会发送。
refusal-password = 密码错误，未签署。

## Pages of releases

why-start = 发布尚未启动。
why-hold = { $who } 已暂停发布：{ $reason }
why-step = 须先完成“{ $what }”。
why-person = 由 { $who }（{ $role }）办理。
why-unassigned = 角色“{ $role }”无人担任，请指定人员。
why-approval = 需 { $who }（{ $role }）审批。
why-opinion = 需 { $who }（{ $role }）给出意见。
why-document = 缺少文档“{ $what }”，由 { $role } 提交。
why-sections = 文档“{ $what }”有空缺章节：{ $sections }
why-signature = 须由 { $role } 签署文档“{ $what }”。
why-check = 检查项尚未回答：{ $what }
why-check-failed = 检查项未通过：{ $what }
why-field = 尚未填写：{ $what }
why-slot = 尚未安排上线时间，请选择。
why-window-opens = 届时没有开放的窗口。下一个于 { $at } 开放。
why-window = 届时没有开放的窗口（{ $what }）。
why-capacity = 窗口已满，占用者：{ $who }。
why-freeze = 冻结至 { $at }：{ $reason }
why-freeze-by = 冻结至 { $at }：{ $reason }。{ $role } 可放行。
why-past = { $at } 已过，请选择更晚的时间。
why-lead-time = “{ $what }”本应在 { $at } 前完成。
why-not-before = 最早 { $at } 开始。
why-sites = { $need } 个站点中有 { $have } 个已答复。
why-contacts = 还有 { $n } 次沟通未完成。
why-notice = 通知尚未发出。
why-gate = 流程条件尚未满足：{ $what }
why-release = 须先关闭发布 { $what }。
why-issues = 有 { $n } 个阻断问题未解决。
why-debt = 紧急发布所欠：{ $what }（{ $role }）
why-choice = 步骤失败：{ $what }。请选择回退或补救。
no-closed = 发布已关闭，不能再更改。
no-already-started = 发布已启动。
no-unknown-step = 流程中没有该步骤。
no-unknown = 流程中没有该值。
no-wrong-state = 步骤当前状态不允许此操作，请重新加载页面。
no-not-yet = 仍有缺项，全部列出如下：
no-not-yours = 您不担任此角色。由担任者办理或委托给您。
no-four-eyes = 编写或申请的人不能审批，须由他人审批。
no-already-voted = 您已表决。每人只计一次。
no-not-your-turn = 还未轮到您，须其他审批人先审。
no-content-changed = 您打开后内容已变更。请重新阅读再签署。
no-reason-required = 请填写理由。
no-step-up-required = 签署需要密码，请在表单中输入。
no-slot-blocked = 此时间不能上线：
no-slot-backwards = 结束早于开始。
no-held = 发布已暂停，请先恢复。
no-not-held = 发布未被暂停。
no-not-closable = 发布还不能关闭，尚未完成：
no-wrong-close-code = 该结果与实际情况不符。
no-choice-required = 有步骤失败，请选择回退或补救。
no-no-way-back = 已过不可回退点，只能补救。
no-condition = 无法计算流程条件，请联系流程负责人。
no-wrong-type = 值的格式不符合流程要求。
home-if-late = { $at } 的上线将有风险。
home-if-late-next = 后续步骤将等待。
home-open-step = 前往步骤
release-new-kind = 发布类型
release-new-mode = 计划或紧急
release-new-mode-reason = 选择理由
release-new-content = 变更内容
release-new-version-hint = 产品的下一个编号是 { $version }，也可另写。
release-new-choose = 采用此产品和流程
release-mode-planned = 计划
release-mode-emergency = 紧急
release-state-ending = 收尾中
release-hold-consequence = 在恢复之前，此发布中不能进行任何操作。
release-cancel-consequence = 所有未完成步骤将终止，且无法撤回。
release-close-consequence = 发布将变为只读。
release-orders = 指令
release-field-save = 保存回答
step-begin = 开始
step-state-foreseen = 预计
step-state-ready = 就绪
step-state-active = 进行中
step-state-submitted = 部分确认
step-state-returned = 已退回
step-state-blocked = 受阻
step-state-done = 完成
step-state-skipped = 已跳过
step-state-not-taken = 未选择
step-state-cancelled = 已取消
step-open = 打开步骤
step-override = 放行
step-not-applicable = 不适用
step-found = 发现结果
step-count = 数量
step-meeting-date = 会议日期
step-minutes = 会议纪要
answer-yes = 是
answer-no = 否
vote-comment = 意见
vote-verdict = 表决
opinion-stance = 意见
opinion-for = 赞成
opinion-against = 反对
opinion-conditional = 有条件
decide-outcome = 决定
plan-slot-start = 上线开始
plan-slot-end = 上线结束
plan-free = 该时间可用。
plan-blocked = 该时间不可用
plan-next-free = 下一个可用时间
plan-pass-blocks = 放行阻断（理由将被记录）
plan-steps = 步骤与日期
plan-late = 已延误
live-begin = 开始
live-fail = 失败
live-choose = 有步骤失败，接下来怎么办？
live-way-back = 回退
live-remedy = 补救并继续
live-no-sheet = 此流程没有操作清单，请在步骤中进行。
live-sheet = 操作清单
live-expected = 预期：{ $what }
live-sheet-open = 待办
live-sheet-done = 所有步骤已完成。
live-key-node = 关键节点
live-point-of-no-return = 此步骤之后不可回退
documents-missing = 尚未编写
documents-note = 本修订的变更
documents-text = 正文（Markdown）
documents-save = 另存为新修订
documents-file = 文件
documents-control = 将本修订设为有效
documents-status-controlled = 受控
documents-signatures = 签名
documents-revisions = 修订
documents-sign-as = 以 { $role } 身份签署
documents-meaning = 签名含义
documents-meaning-reviewed = 已评审
documents-meaning-accepted = 已接受
release-close-remedied = 失败后已补救
step-comes-in = 来自前一步骤
record-empty-release = 此发布尚无记录。
documents-no-signatures = 尚无人签署。

## Plan

plan-title = 计划
plan-question = 如果延误，会影响什么？
plan-empty = 选择上线时间后将计算各日期。
plan-must-start = 最晚开始
plan-must-end = 最晚完成
plan-forecast = 预测
plan-slack = 余量
plan-baseline = 基线
plan-set-baseline = 设为基线
plan-what-if = 如果更改上线时间？
plan-what-if-compute = 试算（不保存）
plan-what-if-save = 将上线改到{ $at }
plan-diff-moves = { $n }个步骤移动
plan-diff-told = 将重新通知{ $n }个站点
plan-before = 之前
plan-after = 之后
plan-impossible = 没有满足所有条件的日期
plan-impossible-set = 以下条件无法同时满足
plan-impossible-ways = 解决办法
plan-stale = 日历已变更，正在重新计算计划。

## Readiness and sign-off

ready-page-title = 就绪情况与签署
ready-question = 可以上线了吗？
ready-no-gate = 此流程未设置关口，这是流程的选择。
ready-item = 项目
ready-evidence = 依据
ready-documents = 文档
ready-approvals = 批准
ready-tests = 测试
ready-notices = 通知
ready-tasks = 任务
ready-sites = 站点
sign-title = 签署“{ $what }”
sign-exact = 您签署的正是以下内容。
sign-digest = 摘要
sign-quorum = { $need }个签署中的{ $got }个
sign-order = 按此顺序
sign-any-order = 顺序不限
sign-check = 我已核对
sign-expires = 于{ $at }失效
sign-signed-by = { $name }于{ $at }签署
sign-done = 已签署。
sign-void = 自{ $at }起失效
sign-reason-needed = 请说明需要修改的内容。
delegate-title = 委托给
delegate-from = 开始
delegate-until = 结束

## Go-live console

live-title = { $version } 上线
live-question = 现在到哪一步，还能停止吗？
live-now = 当前步骤
live-window-ends = 距发布窗口结束
live-no-return = 距不可回退点
live-opens = 距发布窗口开始
live-rehearsal = 发布窗口尚未开放，可以先演练。
live-go = 执行上线
live-no-go = 不上线
live-roll-back = 回退到{ $version }
live-roll-back-confirm = 输入{ $version }以确认
live-blocked = 遇到阻碍
live-log = 步骤日志
live-next-step = 然后：{ $step }
rollout-title = { $version } 分批上线
rollout-halted = 已停止
rollout-wave-halted = { $wave }于{ $at }自动停止
rollout-verified = { $all }个站点中{ $n }个已验证
rollout-hold = 暂停上线
rollout-continue = 继续
rollout-skip-site = 跳过此站点
rollout-attention-first = 需要关注的排在前面
rollout-no-sites = 范围内没有站点，请添加标签或更改范围。
report-title = 报告部署结果
report-outcome = 结果
report-installed = 升级完成
report-verified = 升级完成并已验证
report-failed = 失败
report-rolled-back = 已回退
report-not-done = 未执行
report-at = 时间
report-evidence = 依据
report-submit = 提交结果

## Calendar

calendar-title = 日历
calendar-question = 什么时候可以，什么时候不可以？
calendar-month = 月
calendar-agenda = 日程
calendar-previous = 上个月
calendar-next = 下个月
calendar-windows = 发布窗口
calendar-window-add = 添加发布窗口
calendar-freezes = 发布冻结期
calendar-freeze-add = 添加冻结期
calendar-freeze-lift = 解除冻结
calendar-freeze-why = 为什么冻结？
calendar-holidays = 节假日
calendar-made-up = 调休工作日
calendar-import = 导入 .ics 文件
calendar-next-slot = 下一个空闲时段
calendar-clash = 日程冲突
calendar-empty = 尚无发布窗口，此时所有工作日均可发布。
calendar-feed = 日历订阅
calendar-rule = 重复规则
calendar-zone = 时区
calendar-name = 名称
calendar-from = 从
calendar-until = 至

## Sites

sites-title = 站点
sites-question = 各站点运行什么版本，以及信息来源
sites-view-versions = 按版本
sites-view-list = 列表
sites-columns = 视图
sites-group-by = 分组
sites-group-country = 国家
sites-older-than = 低于{ $version }的所有站点
sites-plan-for = 为{ $n }个站点制定发布计划
sites-import = 粘贴或导入
sites-import-hint = 粘贴电子表格中的行，或带标题行的CSV。
sites-import-check = 检查各行
sites-import-take = 导入{ $n }行
sites-import-errors = { $n }行无法读取，未导入任何内容。
sites-import-row = 第{ $n }行
sites-on-newest = 最新版 { $version }
sites-without-support = 已无支持
sites-support-ends = 支持于{ $date }结束
sites-confirmed-today = 今日已确认版本
sites-of = 共{ $n }
sites-empty-title = 还没有站点
sites-empty-text = 从电子表格粘贴三列：名称、时区、版本。
source-agent = 代理程序
source-person = 人工
source-import = 导入
source-unknown = 未知
site-runs = 当前版本
site-history = 版本历史
site-as-of = 截至
site-contacts = 联系人
site-contact-language = 语言
site-address = 地址
site-tags = 标签
site-link = 站点专用页面链接
site-link-new = 发送新链接
site-decisions = 答复
site-decision-accepted = 已接受
site-decision-postponed = 请求改期
site-decision-declined = 已谢绝
site-decision-none = 尚未答复
site-planned = 已计划
site-feedback = 反馈
site-no-feedback = 尚无反馈。

## The site's own page

own-title = { $product } 将升级到 { $version }
own-to = { $site } { $name } 您好
own-nothing-title = 没有计划中的变更
own-nothing-text = 您正在使用{ $version }，如有变更我们会提前通知您。
own-when = 什么时候？
own-waits = 等待您的答复
own-accepted = 您已接受此时间
own-postponed = 您已请求改期
own-declined = 您已谢绝本次升级
own-installed = 升级已完成
own-downtime = 停机
own-reserve = 预留时间
own-reserve-until = 至{ $at }（{ $place }时间）
own-answer-by = 答复截止
own-accept = 同意按此时间进行
own-propose = 我想提议其他时间
own-propose-times = 可选时间
own-propose-submit = 提议此时间
own-message = 您的留言
own-decline = 本次暂不升级
own-decline-text = 您将继续使用{ $version }，我们会在其支持结束前再次询问。
own-decline-submit = 发送谢绝
own-change-until = { $at }之前可以更改答复。
own-changes = 有哪些变化？
own-change-feature = 新功能
own-change-better = 改进
own-change-fix = 缺陷修复
own-change-note = 请注意
own-prepare = 需要准备什么？
own-night = 当天安排
own-back = 如果出现问题，我们会回退。
own-back-text = { $span }内恢复到{ $version }，数据保持开始时的状态。
own-questions = 有疑问吗？
own-call = 拨打电话
own-write = 留言咨询
own-guide = 升级指南
own-notes = 发布说明 { $version }
own-ics = 添加到日历
own-feedback = 使用情况如何？
own-feedback-good = 运行正常
own-feedback-problem = 有问题
own-feedback-submit = 提交反馈
own-feedback-thanks = 谢谢，您的反馈已记录。
own-footer = 此页面仅供{ $site }使用，开放至{ $date }。答复人和时间会被记录。
own-expired-what = 此链接已过期
own-expired-now = 请申请新链接，我们会发送到已登记的地址。
own-expired-ask = 申请新链接
own-receipt-title = 请确认您已阅读
own-receipt-submit = 我已阅读
own-receipt-done = 已确认，{ $at }

## Notices

notices-title = 通知
notices-question = 何时通知谁什么内容，是否送达？
notices-empty = 尚无通知，通知由发布的流程生成。
notices-due = 发送时间
notices-audience = 受众
notices-recipients = { $n }位收件人
notices-recipients-title = 确切收件人
notices-channel = 渠道
notices-channel-mail = 电子邮件
notices-channel-board = 公告板
notices-channel-public = 公开页面
notices-channel-task = 人工告知任务
notices-preview = 预览
notices-preview-in = { $language }预览
notices-subject = 主题
notices-log = 发送记录
notices-read = { $all }人中{ $read }人已读
notices-correct = 发送更正通知
notices-retract = 撤回
notices-retry = 重新发送
notices-quiet = 免打扰时段后于{ $at }发送
notices-dead = 无法送达的通知
delivery-due = 待发送
delivery-sending = 发送中
delivery-sent = 已发送
delivery-opened = 已打开
delivery-acknowledged = 已确认阅读
delivery-failed = 失败，将于{ $at }重试
delivery-dead = 无法送达
delivery-superseded = 已被新通知取代
delivery-retracted = 已撤回
notices-state-planned = 已计划
notices-state-blocked = 内容不完整
notices-state-skipped = 不发送
notices-earliest = 最早
notices-latest = 最晚
notices-missing = 缺少的内容
notices-acknowledged = { $percent }% 已确认
notices-recipient = 收件人
notices-error = 邮件服务器的答复
notices-discard = 放弃发送
notices-discard-reason = 为何无需通知
notices-all = 全部通知
notices-late = 已错过提前通知的期限。
notices-at-risk = 可能错过提前通知的期限。
delivery-discarded = 已放弃

## Documents

documents-title = 文档
documents-empty = 尚无文档，流程规定了所需文档。
documents-name = 文档
documents-revision = 修订
documents-author = 作者
documents-status-draft = 草稿
documents-status-review = 审阅中
documents-status-approved = 已批准
documents-status-obsolete = 已废止
documents-public = 公开
documents-internal = 内部
documents-confidential = 保密
documents-write = 在线编写
documents-upload = 上传文件
documents-submit-review = 提交审阅
documents-section-missing = “{ $section }”章节为空。
documents-archive = 归档包
documents-archive-hint = 可在任何机器上用“roadbook record verify”校验。

## Processes

processes-title = 流程
processes-question = 我们的流程有哪些要求？
processes-empty = 尚无流程，请采用入门流程或导入文件。
processes-starter = 采用入门流程
processes-revision = 第{ $n }次修订
processes-used-by = { $n }个发布在使用
processes-file = 文件
processes-lanes = 泳道
processes-findings = 检查结果
processes-no-findings = 检查未发现问题。
processes-line = 第{ $n }行
processes-diff = 修订之间的差异
processes-check = 检查
processes-simulate = 模拟
processes-publish = 发布流程
processes-published = 于{ $at }发布

## Products and versions

products-title = 产品与版本
products-question = 下一个版本号是什么，为什么？
products-empty = 还没有产品。
products-add = 添加产品
products-name = 名称
products-scheme = 版本方案
products-newest = 最新版本
products-next = 下一个版本
products-next-why = 为什么是这个版本号
products-bump-main = 主版本
products-bump-feature = 新功能更新
products-bump-minor = 缺陷修复发布
products-bump-server = 服务器升级
products-support-until = 支持截止
products-released = 发布日期
products-line = 版本线

## People and roles

people-title = 人员与角色
people-question = 谁能在何处做什么，到什么时候？
people-name = 姓名
people-unit = 部门
people-email = 电子邮箱
people-roles = 角色
people-add = 添加人员
people-import = 从CSV导入
people-grant = 授予角色
people-grant-where = 范围
people-grant-until = 至{ $date }
people-grant-revoke = 收回角色
people-invite = 发送邀请
people-invited = 于{ $at }邀请
people-units = 组织架构
people-empty = 目前只有您，请添加或导入人员。

## Record

record-title = 记录
record-question = 能够证明吗？
record-empty = 尚无记录。
record-at = 时间（ISO）
record-who = 谁
record-what = 事项
record-stream = 记录流
record-hash = 哈希
record-intact = 记录链完整，已校验{ $n }条。
record-broken = 记录链在第{ $n }条断开。
record-verify = 立即校验
record-head = 已签名的树根

## Settings

settings-title = 设置
settings-question = 服务器如何配置，状态如何？
settings-mail = 邮件
settings-mail-none = 未设置邮件服务器，通知将等待发送。
settings-mail-host = 服务器
settings-mail-port = 端口
settings-mail-from = 发件地址
settings-mail-tls = 加密方式
settings-test-now = 立即测试
settings-test-to = 测试收件人
settings-test-ok = 邮件服务器已接受发往{ $to }的测试邮件。
settings-test-failed = 测试失败：{ $reason }
settings-health = 运行状况
settings-database = 数据库
settings-backup = 上次备份
settings-backup-never = 从未
settings-outbox = 待发送
settings-version = 服务器版本
settings-origin = 配置来源
settings-origin-flag = 命令行参数
settings-origin-env = 环境变量
settings-origin-file = 文件
settings-origin-default = 默认值
settings-name = 设置项
settings-value = 值

## Outbox of the demo

outbox-title = 发件箱
outbox-question = 演示中本应发送的所有邮件
outbox-empty = 暂无邮件，时钟正在运行，请稍后再来。
outbox-to = 收件人
outbox-links = 一次性链接

## Search

search-title = 搜索
search-results = “{ $q }”的{ $n }个结果
search-nothing = 没有找到“{ $q }”，请尝试版本、站点或姓名。

## Public release page

public-title = { $organization } 的发布
public-lead = 已发布与即将发布的内容。
public-upcoming = 即将发布
public-past = 已发布
public-empty = 尚未公开任何内容。
public-feed = 订阅更新
public-go-live = 上线时间
public-updated = 更新时间
public-canceled = 已取消
public-read = 查看公告
public-requirements = 系统要求
public-features = 新功能
public-improvements = 改进
public-guide = 升级指南
public-history = 通知记录
public-kind-notice = 首次公告
public-kind-correction = 日期变更
public-kind-retraction = 取消通知
public-subscribe-title = 通过邮件接收新版本发布消息
public-subscribe-address = 您的邮箱地址
public-subscribe-submit = 订阅
public-subscribe-asked = 如果该地址存在，确认邮件已发出。点击邮件中的链接后订阅生效。
public-confirm-title = 确认订阅
public-confirm-lead = 新版本发布消息将发送到此地址。
public-confirm-submit = 是的，请通知我
public-confirm-done = { $address } 今后将收到新版本发布消息。
public-leave-title = 退订
public-leave-lead = 今后不再向此地址发送邮件。
public-leave-submit = 确认退订
public-leave-done = 您已退订。
public-back = 全部发布
receipt-outdated = 此通知已被更新的通知取代。

## Step

step-title = 步骤“{ $step }”
step-inputs = 您需要的输入
step-inputs-empty = 此步骤不需要他人的输入。
step-outputs = 您交付的输出
step-outputs-empty = 没有人等待此步骤的结果。
step-from = 来自{ $name }
step-for = 交给{ $name }
step-number = 编号
step-activity = 管理活动
step-matters = 审批事项
step-deliverables = 交付物
step-checks = 检查项
step-guide = 操作说明
step-history = 步骤历史
step-before = 前置步骤
step-after = 后续步骤
diff-added = 新增
diff-removed = 删除
diff-none = 两个修订相同。

## Door

setup-lang = 语言
setup-sign-in-name = 用户名
sign-in-again-later = 尝试次数过多，请稍候再试。
link-title = 您的链接
link-continue = 继续
done-saved = 已保存。
own-no-date = 日期尚未确定，确定后我们会立即通知您。
own-feedback-partly = 部分可用
own-feedback-problems = 哪些地方不正常？
own-feedback-ideas = 哪些地方应当改进？
own-feedback-rating = 您的满意程度（1 到 5）
own-read = 您已阅读发布说明
sites-any-product = 所有产品
sites-text = 名称或客户
sites-product = 产品
sites-older = 早于此版本
sites-filter = 显示
sites-about = 客户和标签
sites-import-kind = 数据类型
sites-import-rows = 数据行
sites-import-new = 新增
sites-import-changed = 已更改
sites-import-same = 无变化
outcome-skipped = 已跳过
outcome-none = 尚未报告
report-evidence-hint = 记录、工单号或您看到的情况。已安装和已回退时必须填写。
site-decide-for = 代站点答复
site-link-once = 此链接仅显示这一次，请发送给联系人。
site-contact-add = 添加联系人
site-mail = 电子邮件地址
calendar-any-window = 所有发布窗口
calendar-minutes = 所需分钟数
calendar-ask = 为什么，何时可以？
calendar-import-hint = 粘贴包含全天事件的 .ics 文件内容。
why-free = 该时段空闲
why-empty = 该时段没有长度。
why-outside = 此时没有开放的发布窗口。
why-long = 比发布窗口长 { $span }。
why-year = { $year } 年的发布窗口尚未批准。
why-full = 发布窗口已满，每次最多 { $n } 个。
why-frozen = 冻结至 { $until }：{ $reason }
release-sites-empty = 此发布还没有站点。
release-sites-bulk = 一次报告多个站点
release-sites-talks = 与站点的沟通
release-sites-read = 已阅读发布说明
products-key = 简称
products-key-hint = 只用小写字母和数字，以后不能更改。
processes-steps = 步骤
processes-published-as = 修订记录
people-invite-once = 请把此链接交给本人。链接只显示这一次，且只能使用一次。
role-site-contact = 站点联系人
role-head-of-unit = 申请部门负责人
calendar-past = 该时间已过。

# First steps
start-title = 入门步骤
start-sub = 从空白系统到第一个发布。已完成的步骤会保留，您可随时回来继续。
start-count = 已完成 { $done } 步，共 { $all } 步
start-all-done = 一切就绪，第一个发布已经打开。
start-now = 下一步
start-not-you = 您没有可以执行此操作的角色。请联系管理员或发布经理。
start-product = 创建产品
start-product-text = 产品是您编号并发布的对象。只要有名称即可开始。
start-sites-text = 站点是产品运行的地方，例如客户、工厂、机房。请连同标题行一起复制。
start-sites-open = 粘贴站点
start-process = 选择流程
start-process-text = 流程规定谁做什么、按什么顺序、何时完成。入门流程很简短，以后可以更改。
start-process-steps = { $n } 个步骤
start-process-publish = 发布入门流程
start-process-chosen = 已选
start-process-choose = 采用此流程
start-release = 打开第一个发布
start-release-text = 用一行说明发布内容。您是负责人，发布页面会显示谁先行动。
start-release-first = 请先准备产品和流程。
home-start-title = 尚无发布
home-start-text = 四个简短步骤即可完成首次发布：产品、站点、流程、发布。
home-start-go = 开始
form-taken = 该值已被占用，请另选。
form-not-a-zone = 这不是时区。请写成 Asia/Seoul 的形式。
form-not-a-key = 只能使用 a–z、0–9 和 . _ -，最多 64 个字符。
form-one-line = 请写成一行，不含控制字符。
products-key-made = 留空则由名称生成，以后不能更改。

# Settings
settings-dead = 已放弃
settings-quarantined = 来自备份
settings-mail-how = 请在配置文件中写入邮件服务器地址，然后重新启动服务器：
settings-outbox-title = 发送队列
settings-outbox-waits = { $n ->
    [0] 没有等待发送的内容。
   *[other] 有 { $n } 项等待发送。
 }
settings-outbox-next = 下一项于 { $at } 到期。
settings-quarantine = 有 { $n } 项随备份恢复。在您放行之前不会发送。
settings-quarantine-release = 放行发送
settings-dead-many = 有 { $n } 封邮件已放弃发送，由其发布的负责人重试或丢弃。
settings-dead-none = 没有放弃发送的邮件。
settings-health-hint = 自检会读取记录、发送队列和版本历史，并指出不可能成立的情况。它不做任何更改。
settings-health-well = 一切正常，共检查 { $n } 项。
settings-health-ill = 有 { $n } 处情况不可能成立。
settings-health-now = 更改之前请先复制数据目录，然后运行
settings-health-check = 立即检查
settings-since = 于 { $date } 完成设置
settings-installation-hint = 新的部门、人员和站点以此为初始值。
settings-address = 地址
settings-public = 公开页面
settings-public-open = 打开公开页面
settings-server = 服务器
# Account
account-profile = 个人信息
account-email-hint = 通知发送到此地址。留空时只显示在您的公告板上。
account-quiet-hint = 可以等待的邮件不会在该时区的 21:00 至 07:00 之间发送。
account-roles = 我的角色
account-role = 角色
account-dates = 日期
account-no-roles = 您还没有角色，角色由管理员授予。
account-everywhere = 全部范围
account-since = 自 { $date } 起
account-in-force = 有效
account-later = 尚未开始
account-over = 已结束
account-password-old = 当前密码
account-password-change = 更改密码
account-password-hint = 您的其他会话将会结束。
account-password-wrong = 这不是您的当前密码，未做任何更改。
account-session = { $at } 登录
account-session-seen = 最近使用 { $at }
account-session-this = 当前会话
account-session-end = 结束
account-session-end-all = 结束其他所有会话
account-away-none = 您没有缺勤，也没有代理人。
account-absence = 缺勤
account-absence-add = 登记缺勤
account-deputy = 代理人的用户名
account-deputy-hint = 此人也能看到您的工作，签名会记录双方姓名。
account-deputy-add = 指定代理人
account-deputy-is = { $name } 代理您
account-deputy-unknown = 您可见的人员中没有此用户名。
account-stands-in = 您代理 { $name }
account-from = 第一天
account-to = 最后一天
account-order = 最后一天必须晚于第一天，且不能已过去。
grant-admin = 管理员
grant-manager = 发布经理
grant-process-owner = 流程负责人
grant-member = 成员
grant-auditor = 审计员
grant-deputy = 代理人
