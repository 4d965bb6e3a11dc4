### Texts in English. Keys are page-thing-detail; the four catalogues have the same keys and arguments.

## Formats

fmt-today = Today
fmt-tomorrow = Tomorrow
fmt-yesterday = Yesterday
fmt-now = now
fmt-in-days = in { $n ->
        [one] { $n } day
       *[other] { $n } days
    }
fmt-days-ago = { $n ->
        [one] { $n } day ago
       *[other] { $n } days ago
    }
fmt-in = in { $span }
fmt-ago = { $span } ago

## Navigation

nav-main = Main
nav-main-phone = Main, phone
nav-skip = Skip to content
nav-close = Close the menu
nav-search = Search or go to
nav-path = Path
nav-home = Home
nav-releases = Releases
nav-calendar = Calendar
nav-sites = Sites
nav-care = Care
nav-notices = Notices
nav-documents = Documents
nav-organization = Organization
nav-processes = Processes
nav-products = Products and versions
nav-people = People and roles
nav-record = Record
nav-settings = Settings
nav-demo = Demo
nav-outbox = Outbox
nav-more = More
nav-preferences = Language and look
nav-language = Language
nav-change-language = change language
nav-theme = Look
nav-theme-auto = As device
nav-theme-light = Light
nav-theme-dark = Dark
nav-account = Your account
nav-sign-out = Sign out

## Demo

demo-ribbon = Demo
demo-ribbon-detail = Sample data and a fast clock. No mail leaves this machine.
demo-ribbon-outbox = Read the mail in the outbox

## Palette, keys, live

palette-title = Search or go to
palette-nothing = Nothing found
keys-title = Keys on this page
keys-help = Single keys can be turned off in your account.
live-updated = The page was updated.
live-lost = Connection lost. What you see may be old.
live-back = Connected again.
live-stale = As of { $since }.

## Acts

action-back = Back
action-close = Close
action-retry = Try again
action-save = Save
action-edit = Edit
action-add = Add
action-remove = Remove
action-cancel = Cancel
action-open = Open
action-show-all = Show all
action-filter = Filter
action-import = Import
action-export = Export
action-download = Download
action-upload = Upload
action-approve = Approve
action-reject = Reject
action-return = Return for rework
action-sign = Read and sign
action-delegate = Delegate
action-reassign = Re-assign
action-remind = Remind
action-remind-now = Remind now
action-remind-who = Remind { $name }
action-call = Call { $number }
action-done = Mark as done
action-answer = Answer
action-take = Take this

## States

state-done = Done
state-running = Running
state-waiting = Waiting
state-at-risk = At risk
state-failed = Failed
state-emergency = Emergency
state-frozen = Frozen
state-foreseen = Foreseen
state-held = Held

## Work

work-due = Due
work-effort = Effort
work-if-late = If late
work-who = Who
work-what = What
work-when = When
work-state = State
work-role = Role
work-step = Step
work-start = Start
work-end = End
work-since = Since
work-waiting-since = Waiting since
work-told = Told
work-told-opened = Mail opened { $at }
work-told-sent = Mail sent { $at }, not opened
work-told-not-yet = Not told yet
work-you = You
work-nobody = Nobody yet
work-by = by { $time }
work-slack = { $span } of slack
work-no-slack = No slack
work-deputy = deputy { $name }
work-away-until = away until { $date }

## Forms and lists

form-optional = optional
form-errors = { $n ->
        [one] One field needs
       *[other] { $n } fields need
    } a change
form-required = This field is required.
form-too-long = At most { $n } characters.
form-not-a-date = This is not a date. Write it as 2026-11-26.
form-not-an-email = This is not an e-mail address.
form-reason = Reason
form-remark = Remark
form-password-again = Your password, to sign
form-password-again-hint = A signature asks for your password each time.
list-pages = Pages of the list
list-previous = Previous
list-next = Next
list-shown = { $shown } of { $all }
list-empty-filter = Nothing matches this filter.
list-clear-filter = Clear the filter
chart-as-table = Show as table

## Errors

error-kind = Error { $status }
error-why = Why
error-now = What you can do
error-code = Code
error-trace = Number for the log
error-home = Go to home
error-400-what = The request could not be read
error-400-why = The address or the form is not complete.
error-400-now = Go back, load the page again and send the form once more.
error-401-what = Please sign in
error-401-why = This page is for people with an account, or your session has ended.
error-401-now = Sign in. You come back to this page.
error-403-what = You may not do this
error-403-why = Your roles do not include it for this release or site.
error-403-now = Ask a person who manages roles, or the lead of the release.
error-404-what = This page does not exist
error-404-why = The address is wrong, the thing was removed, or it is not in your scope.
error-404-now = Search for it by name, or ask the person who sent you the link.
error-409-what = Somebody changed this meanwhile
error-409-why = Your page shows an older revision. Nothing was saved.
error-409-now = Load the page again, compare and repeat your act.
error-413-what = The upload is too large
error-413-why = A request may hold at most the size named in the settings.
error-413-now = Split the file, or ask for a larger limit.
error-422-what = This cannot be done as asked
error-422-why = A rule of the process refuses it.
error-422-now = Read what would lift the refusal and try again.
error-429-what = Too many requests
error-429-why = There were many tries in a short time.
error-429-now = Wait a minute and try again.
error-500-what = Something failed on our side
error-500-why = The cause is in the log under the number below.
error-500-now = Try again. If it stays, send the number to whoever runs this server.
error-503-what = The server is not ready
error-503-why = It starts, stops, or its database does not answer.
error-503-now = Try again in a few seconds.
error-507-what = The disk of the server is full
error-507-why = Nothing was saved. Reading still works.
error-507-now = Free space on the server, then repeat your act.

## Home

home-next-action = Next action
release-your-next = Your next action
ready-title = Ready to go: { $done } of { $all }
ready-done = { $n } done
ready-waiting = { $n } waiting
ready-at-risk = { $n } at risk
ready-failed = { $n } failed
ready-not-started = { $n } not started
ready-still-open = Still open
ready-nothing-open = Nothing is open.
