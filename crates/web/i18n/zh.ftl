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
