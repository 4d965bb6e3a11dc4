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

## Charts

lanes-week = Weeks of { $year }
lanes-windows = Windows
lanes-go-live = Go-live, { $date }
lanes-now = Now, { $at }
lanes-now-word = Now
lanes-steps-done = { $n ->
        [one] { $n } step
       *[other] { $n } steps
    } done
lanes-gate = gate
lanes-notice = notice
lanes-freeze = freeze
load-day = Day
load-planned = Planned
load-capacity = Capacity
load-weekend = weekend
load-leave = leave
load-over = { $span } over
load-legend-planned = planned
load-legend-capacity = your capacity
load-legend-over = over capacity
load-legend-off = weekend or leave
waves-title = Waves and site decisions
waves-wave = Wave
waves-sites = Sites
waves-rule = Rule
waves-of = of { $n }
waves-stop-line = stop line: failed sites that halt the wave
waves-accepted = { $n } accepted
waves-later = { $n } later
waves-declined = { $n } declined
waves-no-answer = { $n } no answer
waves-installed = { $n } installed
waves-verified = { $n } verified
waves-failed = { $n } failed
waves-held = { $n } held
waves-scheduled = { $n } scheduled
waves-stops-at = Stops at { $n } failed.
heat-site = Site
heat-version = Version
heat-support = Support
heat-known-from = Known from
heat-next = Next
heat-age = Age
heat-newest = newest
heat-behind = { $n } d behind
heat-sites = { $n ->
        [one] { $n } site
       *[other] { $n } sites
    }
heat-days-behind = Days behind
heat-over = over { $n }
heat-range = { $from } to { $to }
heat-unsure = not confirmed today
heat-support-end = end of support
heat-support-until = until { $date }
heat-support-ended = ended { $date }
gantt-baseline = baseline
gantt-slack = slack
gantt-critical = critical
gantt-critical-yes = critical, no slack
month-window = Window
month-freeze = Freeze
month-nothing = Nothing is planned in this month.

## Set-up

setup-title = Set up Roadbook
setup-lead = This link works once. You become the first administrator.
setup-organization = Organization
setup-your-name = Your name
setup-email = E-mail
setup-zone = Time zone
setup-submit = Create the organization
setup-used-what = This link was used or has expired
setup-used-now = Run “roadbook init --new-link” on the server.
setup-next-title = Three steps to the first release
setup-next-sites = Paste your sites from a spreadsheet
setup-next-process = Take the starter process
setup-next-release = Start the first release

## Sign-in

sign-in-title = Sign in
sign-in-user = E-mail or user name
sign-in-password = Password
sign-in-new-password = New password
sign-in-password-hint = At least 12 characters. A sentence is good.
sign-in-submit = Sign in
sign-in-wrong = Name or password is wrong.
sign-in-slow-down = Too many tries. Wait { $span } and try again.
sign-in-signed-out = You are signed out.
invite-title = Choose your password
invite-submit = Save and sign in
account-title = Your account
account-shortcuts = Single-key shortcuts
account-sessions = Signed-in devices
account-away = Away and deputy

## Home page

home-title = { $n ->
        [one] One thing needs
       *[other] { $n } things need
    } you today
home-title-none = Nothing needs you today
home-nothing-until = Nothing needs you until { $date }.
home-nothing-next = Next is: { $what }
home-halted = Decide how a halted rollout goes on
home-halted-open = Go to the rollout
home-review = Review a revision of “{ $process }”
home-review-written = written { $at }
home-nothing-ever = No release asks for your work yet.
home-date-line = { $date }, { $time } in { $place }
home-also-today = Also today
home-load = Your next { $n } days
home-load-sum = { $planned } planned, { $available } available
home-work = Work ahead
home-work-empty = Nothing is planned for you in the next 14 days.
home-work-shown = { $shown } of { $all } items
home-over = { $span } over capacity
home-waiting-for = Who I wait for
home-waiting-for-empty = You wait for nobody.
home-since = since { $at }
home-due = Due { $at }
home-clash = Clash { $when }
home-board = On the road
home-away = away
clash-too-much = { $date }: { $planned } are planned, there are { $hours }. { $what }
clash-absent = { $date }: you are away, but this is planned: { $what }
clash-two-go-lives = { $at }: two go-lives at the same time. { $what }
clash-way-deputy = Somebody does it in your place
clash-way-move = Move “{ $release }”
clash-way-move-text = See first what moves and who hears of it
home-board-empty = No bulletins.
home-new-release = New release
home-subscribe = Subscribe to the calendar

## Releases

releases-title = Releases
releases-sub = What is in flight, and what is at risk
releases-empty-title = No release yet
releases-empty-text = Choose a process, a version and a go-live. The dates are computed backwards from it.
releases-version = Version
releases-kind = Kind
releases-phase = Phase
releases-go-live = Go-live
releases-waiting-for = Waiting for
releases-risk = Risk
releases-open = Open
releases-closed = Closed
releases-all = All
nav-runs = Issues and other work
runs-title = Issues and other work
runs-sub = Everything that runs by a process and is not a release
runs-empty-title = Nothing here yet
runs-empty-text = Issues, change requests, site work, projects and monthly or yearly cycles run by a process too. Many begin by themselves.
runs-new = Begin one
runs-new-title = Begin an issue, a change or other work
runs-new-submit = Begin it as a draft
runs-about = About
runs-period = Period (year-month)
runs-began-by = Begun by { $what }
runs-began-period = Period { $what }
runs-no-process = No process for this kind of work is in force.
subject-release = Release
subject-issue = Issue
subject-change = Change request
subject-site = Site
subject-project = Project
subject-cycle = Cycle
release-new-title = New release
release-new-process = Process
release-new-product = Product
release-new-title-field = Title, one line
release-new-go-live = Wished go-live
release-new-scope = Sites in scope
release-new-lead = Lead
release-new-submit = Create the release

## Release

release-kind-main = Main version
release-kind-patch = Patch
release-kind-release = Release
release-kind-major-rework = Major rework
release-kind-hotfix = Emergency release
release-kind-planned = Planned release
release-kind-new-system = New system
release-kind-upgrade = Upgrade
release-kind-feature = New-feature update
release-kind-minor = Bug-fix and small-feature update
release-kind-server = Server update
release-go-live = Go-live { $at }
release-no-go-live = No go-live date yet
release-lead = Lead { $name }
release-tabs = Release
release-tab-overview = Overview
release-tab-plan = Plan
release-tab-readiness = Readiness
release-tab-live = Go-live console
release-tab-rollout = Rollout
release-tab-notices = Notices
release-tab-documents = Documents
release-tab-record = Record
release-who-holds-it = Who holds it
release-what-next = What happens next
release-nobody-acts = Nobody acts
release-lanes = Who does what, when
release-gate-closes = gate closes { $at }
release-act-hold = Hold
release-act-resume = Resume
release-act-start = Start
release-act-what-if = What if…
release-act-bulletin = Write bulletin
release-act-close = Close the release
release-act-cancel = Cancel the release
release-state-draft = Draft
release-state-planned = Planned
release-state-running = Running
release-state-held = Held
release-state-live = Live
release-state-closed = Closed
release-state-cancelled = Cancelled
release-draft-missing = Missing for a plan
release-decision = Release decision
release-notes = Release notes
release-close-code = Result
release-close-success = Successful
release-close-issues = Successful with issues
release-close-rolled-back = Rolled back
release-close-not-done = Not carried out
release-debts = Open debts
release-debts-block = { $n ->
        [one] One debt blocks
       *[other] { $n } debts block
    } closing.

## Waiting

waiting-none = Nothing is waited for
waiting-person = Waits for a person
waiting-signature = { $n ->
        [one] Waits for one signature
       *[other] Waits for { $n } signatures
    }
waiting-approval = Waits for an approval
waiting-document = Waits for a document
waiting-window = Waits for a window
waiting-freeze = Waits for the end of a freeze
waiting-date = Waits for { $at }
waiting-sites = { $n ->
        [one] Waits for one site
       *[other] Waits for { $n } sites
    }
waiting-site = Waits for the site
waiting-notice = Waits for a notice
waiting-step = Waits for “{ $step }”
waiting-report = Waits for the report of a site
waiting-condition = Waits until: { $condition }
waiting-you = Waits for you

## Refusals

refusal-title = This was refused
refusal-lift = What would lift it
refusal-own-work = The author of a document cannot approve it.
refusal-own-work-lift = Another person with the role “{ $role }” approves.
refusal-wrong-signer = You are not among the signers of this step.
refusal-not-your-turn = It is not your turn yet. { $name } signs first.
refusal-unsigned = The report has no signature yet.
refusal-changed = The document changed after the approval. The approval is void.
refusal-missing-deliverable = A deliverable is missing: { $what }
refusal-window-closed = No window is open. The next one: { $at }
refusal-frozen = A freeze lies over this time: { $reason }, until { $at }
refusal-lead-time = The lead time of { $span } cannot be kept. The earliest go-live: { $at }
refusal-scope = This process excludes it: { $what }
refusal-stale = Somebody changed it meanwhile. Load it again.
refusal-wrong-state = This is not possible while it is “{ $state }”.
refusal-missing-text = The text in { $language } is missing. Nothing is sent.
refusal-password = The password is wrong. Nothing was signed.

## Pages of releases

why-start = The release has not been started.
why-hold = { $who } holds the release: { $reason }
why-step = “{ $what }” comes first.
why-person = { $who } ({ $role }) does it.
why-unassigned = Nobody holds the role “{ $role }”. Assign somebody.
why-approval = { $who } ({ $role }) approves.
why-opinion = { $who } ({ $role }) gives an opinion.
why-document = The document “{ $what }” is missing; { $role } hands it in.
why-sections = The document “{ $what }” has empty sections: { $sections }
why-signature = { $role } signs the document “{ $what }”.
why-check = The check is not answered: { $what }
why-check-failed = The check was answered and does not pass: { $what }
why-field = This is not filled in: { $what }
why-slot = No go-live is planned. Choose a time.
why-window-opens = No window is open then. The next one opens { $at }.
why-window = No window is open then ({ $what }).
why-capacity = The window is full; taken by { $who }.
why-freeze = Frozen until { $at }: { $reason }
why-freeze-by = Frozen until { $at }: { $reason }. { $role } may pass it.
why-past = { $at } lies in the past. Choose a later time.
why-lead-time = “{ $what }” would have had to be done by { $at }.
why-not-before = It begins { $at }, not earlier.
why-sites = { $have } of { $need } sites have answered.
why-contacts = { $n } talks are still to be held.
why-members = { $have } of { $need } are done; open: { $what }.
why-changed = { $what } changed to revision { $revision } after { $n } sites had confirmed it; they are asked again.
why-notice = The notice has not gone out yet.
why-gate = A condition of the process does not hold yet: { $what }
why-release = Release { $what } must be closed first.
why-run = { $what }, which this step began, must be closed first.
why-run-begins = A run of process { $what } begins here; it is not there yet. If it stays so, publish that process.
why-issues = { $n } blocking issues are open.
why-rollout-failed = The rollout stopped itself in wave { $n }: too many sites failed. Resume it with a reason, or roll back.
why-rollout-silent = The rollout stopped itself in wave { $n }: too many sites are silent. Resume it with a reason, or roll back.
why-rollout-held = The rollout is held in wave { $n }. Resume it to go on.
why-rollout-rolled-back = Sites were rolled back; nothing goes on by itself until somebody lifts that (wave { $n }).
why-rollout-release = The rollout waits in wave { $n } because the release is held.
why-debt = Owed from the emergency: { $what } ({ $role })
why-choice = A line failed: { $what }. Choose to roll back or to remedy.
no-closed = The release is closed. Nothing about it changes any more.
no-already-started = The release has been started already.
no-unknown-step = The process has no such step.
no-unknown = The process does not know this value.
no-wrong-state = The step is not in a state in which this can be done. Load the page again.
no-not-yet = Something is still missing. Here is all of it:
no-not-yours = You do not hold the role that does this. A holder of the role does it, or hands it to you.
no-four-eyes = Whoever wrote or requested it cannot approve it. Somebody else approves.
no-review-required = Nobody puts a revision of a process into force alone here. Save it as a draft and send it to review; somebody else puts it into force.
no-in-review = The draft is in review and stays as it is. Take it back or return it to its author, then it can be changed.
no-not-in-review = The draft is still being written. Send it to review first.
no-draft-behind = Another revision was published since this draft was written. Return it, compare it with what is in force, and save it again.
no-one-party = You have signed this for one party. Somebody of the other party signs.
no-already-voted = You have voted here. One person counts once.
no-not-your-turn = It is not your turn. Another approver comes first.
no-content-changed = The content changed after you opened it. Read it again, then sign.
no-content-not-named = This is about a document. Open the page again, read what stands now, then answer.
no-reason-required = Give a reason.
no-step-up-required = A signature needs your password. Type it into the form.
no-slot-blocked = The go-live cannot be at this time:
no-slot-backwards = The end lies before the start.
no-held = The release is held. Resume it first.
no-not-held = The release is not held.
no-not-closable = The release cannot be closed yet. This is open:
no-wrong-close-code = This result does not fit what happened.
no-leads-releases = This person leads a release that is not closed. Somebody else has to take it over first.
no-choice-required = A line failed. Choose to roll back or to remedy.
no-no-way-back = The point of no return has been passed. Only a remedy is left.
no-condition = A condition of the process cannot be evaluated. Ask the owner of the process.
no-wrong-type = The value has another form than the process expects.
no-migration-over = The release is over. It keeps the revision under which it ran.
no-migration-same-revision = The release already runs on this revision.
no-migration-no-such-revision = The process has no such revision.
no-migration-not-in-force = This revision is not in force.
no-migration-other-subject = The revision is about another subject. Open a new run for it.
no-migration-kind-changed = The step is done and is another kind of step in the new revision. Give that step another id.
no-migration-outcome-gone = The outcome that was chosen does not exist in the new revision.
no-migration-under-way = The step falls away while it is under way outside. Let it end first.
no-migration-owed = Something is still owed to a step that falls away. Settle it first.
home-if-late = The go-live { $at } is at risk.
home-if-late-next = The steps after it wait.
home-open-step = Go to the step
release-new-kind = Kind of release
release-new-mode = Planned or emergency
release-new-mode-reason = Why this way
release-new-content = What changes
release-new-version-hint = The next number of the product is { $version }. You may write another one.
release-new-holder-hint = Nobody holds this role yet. Choose who does it in this release.
release-new-choose = Take this product and process
release-mode-planned = Planned
release-mode-emergency = Emergency
release-state-ending = Ending
release-hold-consequence = Nothing can be done in this release until it is resumed.
release-cancel-consequence = All open steps end. This cannot be taken back.
migration-newer = A newer revision { $n } of the process is in force
migration-about = The release runs on revision { $from } of its process. Revision { $to } is in force: “{ $note }”. Nothing changes until somebody moves the release.
migration-people = What changes for whom
migration-nobody = Nobody gets other work.
migration-comes = New to do: { $steps }
migration-goes = Falls away: { $steps }
migration-again = To be signed again: { $steps }
migration-unheld = Nobody holds the role “{ $role }” of “{ $step }”.
migration-steps = Steps
migration-no-steps = No step of this release changes.
migration-fate-added = “{ $step }” comes new.
migration-fate-added-behind = “{ $step }” comes new before steps that are done: { $others }. They stay done. What has not begun waits for it.
migration-fate-removed = “{ $step }” falls away.
migration-fate-ended = “{ $step }” is done and falls away. It stays in the record.
migration-fate-dropped = “{ $step }” falls away with the work begun in it. That work stays in the record.
migration-fate-changed = “{ $step }” stays as it stands, under other conditions.
migration-fate-voided = “{ $step }” was approved under other conditions. The approval is void and asked for again.
migration-fate-anew = “{ $step }” begins anew.
migration-fate-waits = “{ $step }” could be begun and now waits for: { $others }.
migration-content = “{ $step }” was approved over content that reads otherwise now. It is approved again.
migration-slot = The planned go-live breaks a rule of the new revision.
migration-parts = What else changes
migration-asked = New question in “{ $step }”: { $title }
migration-emptied = { $title } ({ $part }): what was said does not fit any more and is asked again
migration-dates = Dates that move
migration-consequence = Everything above happens at once and stands in the record. It cannot be taken back.
migration-yes = Move to revision { $n }
migration-refused = This release cannot be moved now
release-close-consequence = The release becomes read-only.
release-orders = Orders
release-field-save = Save the answer
release-tab-changes = Changes
changes-none = No change is named yet. The class of a release, and work that is done for each change, come from them.
changes-hint = Clear the title of a change to take it out.
changes-n = Change { $n }
changes-title = What changes
changes-kind = Kind of change
changes-purpose = What it is for
changes-save = Save the changes
release-kind-by-changes = As the changes say
item-kind-feature = New function
item-kind-spec = Changed requirement
item-kind-architecture = Architecture
item-kind-code = Code
item-kind-data = Data
item-kind-config = Configuration
item-kind-infrastructure = Infrastructure
item-purpose-feature = New function
item-purpose-fix = Correction
item-purpose-performance = Performance
item-purpose-security = Security
field-cell = { $column }, row { $row }
field-cells-hint = One row each; empty rows are left out.
field-rows-hint = One on each line. Leave it empty if there is none.
field-duration-hint = For example 40min, 2h or 3d
step-begin = Begin
step-state-foreseen = Foreseen
step-state-ready = Ready
step-state-active = Under way
step-state-submitted = Partly confirmed
step-state-returned = Sent back
step-state-blocked = Blocked
step-state-done = Done
step-state-skipped = Skipped
step-state-not-taken = Not taken
step-state-cancelled = Canceled
step-open = Open the step
step-override = Pass without it
step-not-applicable = Does not apply
step-reported = Reported by the agent: { $list }
step-found = What was found
step-count = Count
step-meeting-date = Date of the meeting
step-minutes = Minutes
step-tools = Skills and tools
answer-yes = Yes
answer-no = No
vote-comment = Comment
vote-verdict = Vote
opinion-stance = Opinion
opinion-for = For
opinion-against = Against
opinion-conditional = With conditions
decide-outcome = Decision
plan-slot-start = Go-live begins
plan-slot-end = Go-live ends
plan-free = The time is free.
plan-blocked = The time is not free
plan-next-free = Next free times
plan-pass-blocks = Pass the blocks; the reason is recorded
plan-steps = Steps and dates
plan-late = Late
live-begin = Begin
live-fail = Failed
live-choose = A line failed. What now?
live-way-back = Roll back
live-remedy = Remedy and go on
live-no-sheet = This process has no run sheet. Work in the steps.
live-sheet = Run sheet
live-expected = Expected: { $what }
live-sheet-open = To do
live-sheet-done = All lines are done.
live-turn-back = Turn back at the latest
live-turn-back-takes = Rolling back takes { $span }: decide by { $at }.
live-turn-back-over = Since { $at } rolling back ({ $span }) no longer fits into the window.
live-passed-no-return = The point of no return is passed: the way is forward.
live-begins = From – to
live-ends = At this pace it ends { $at }; { $span } of the window stay in reserve.
live-ends-late = At this pace it ends { $at }: { $span } after the window.
live-stop-announced = Announced stop of the service: { $span }.
live-stop-since = The service has been stopped since { $at }.
live-stop-was = The service was stopped for { $span }.
live-stop-longer = longer than announced
live-key-node = Key node
live-point-of-no-return = No way back after this line
documents-missing = Not written yet
documents-note = What changed in this revision
documents-text = Text (Markdown)
documents-save = Save as a new revision
documents-file = File
documents-control = Make this revision valid
documents-status-controlled = Controlled
documents-signatures = Signatures
documents-revisions = Revisions
documents-sign-as = Sign as { $role }
documents-meaning = Meaning of the signature
documents-meaning-reviewed = Reviewed
documents-meaning-accepted = Accepted
release-close-remedied = Remedied after a failure
step-comes-in = Comes from an earlier step
record-empty-release = Nothing is recorded for this release yet.
documents-no-signatures = Nobody has signed yet.

## Plan

plan-title = Plan
plan-question = If this slips, what moves?
plan-empty = Pick a go-live and the dates are computed.
plan-must-start = Start by
plan-must-end = End by
plan-forecast = Forecast
plan-slack = Slack
plan-baseline = Baseline
plan-set-baseline = Set as baseline
plan-what-if = What if the go-live were at another time?
plan-what-if-compute = Compute, without saving
plan-what-if-save = Move the go-live to { $at }
plan-diff-moves = { $n ->
        [one] One step moves
       *[other] { $n } steps move
    }
plan-diff-told = { $n ->
        [one] One site is
       *[other] { $n } sites are
    } told again
plan-before = Before
plan-after = After
plan-impossible = No date satisfies everything
plan-impossible-set = These cannot be true together
plan-impossible-ways = Ways out
plan-stale = The calendar changed. The plan is being computed again.
plan-fact-go-live = Go-live
plan-fact-agreed = Agreed
plan-fact-finish = Last step ends
plan-not-agreed = fixed at the last approval
plan-slack-tightest = in the tightest step
waits-title = Where the time went
waits-person = Waited for people
waits-site = Waited for sites
waits-window = Waited for the window
waits-work = Worked on
waits-now-person = waits for a person now
waits-now-site = waits for sites now
waits-now-window = waits for the window now
waits-now-work = being worked on
plan-same = as agreed
plan-later = { $by } later
plan-earlier = { $by } earlier
plan-more-slack = { $by } more slack
plan-less-slack = { $by } less slack
plan-difference = Difference
plan-open = What is open
plan-no-slot = No go-live is chosen yet: dates that count from it stay open.
plan-conflict = “{ $step }” misses its date by { $by }
plan-con-now = It is { $at } now.
plan-con-start = The release starts on { $at }.
plan-con-actual = “{ $step }” ends on { $at }.
plan-con-not-before = “{ $step }” must not begin before { $at } ({ $form }).
plan-con-takes = “{ $step }” takes { $form }.
plan-con-not-after = “{ $step }” must be done by { $at } ({ $form }).
plan-con-appointed = The go-live is set for { $at }.
plan-way-move = Move the go-live to { $at }, { $by } later
plan-way-free = A free time in the windows of this process
plan-way-unknown = The earliest moment that keeps every date; no window is known for it
plan-way-compute = See what moves
plan-way-shorten = Make steps shorter
plan-way-by = by { $by }
plan-way-drop = Give up the lead time of “{ $step }” ({ $form })
plan-way-drop-by = { $role } may do so, with a reason
plan-way-step = Open the step
plan-cycle = These steps wait for each other: { $steps }
plan-done-late = “{ $step }” was done { $by } after its date.
plan-nothing-moves = No step moves.
plan-told = Who hears of it
plan-told-now = { $n ->
        [one] One recipient knows the old date and gets a correction at once
       *[other] { $n } recipients know the old date and get a correction at once
    }
plan-told-later = { $n ->
        [one] One recipient has heard nothing yet and hears by { $at }
       *[other] { $n } recipients have heard nothing yet and hear by { $at }
    }
plan-wrong-time = Enter a date and a time.
plan-wrong-order = The go-live ends after it begins.
span-working-days = { $n ->
        [one] one working day
       *[other] { $n } working days
    }
span-days = { $n ->
        [one] one day
       *[other] { $n } days
    }
span-weeks = { $n ->
        [one] one week
       *[other] { $n } weeks
    }

## Readiness and sign-off

ready-page-title = Readiness and sign-off
ready-question = Are we allowed to go?
ready-no-gate = This process has no gate. That is a choice of the process.
ready-item = Item
ready-evidence = Evidence
ready-documents = Documents
ready-approvals = Approvals
ready-tests = Tests
ready-notices = Notices
ready-tasks = Tasks
ready-sites = Sites
sign-title = Sign “{ $what }”
sign-exact = You sign exactly these bytes.
sign-digest = Digest
sign-quorum = { $got } of { $need } signatures
sign-order = In this order
sign-any-order = In any order
sign-check = I have checked this
sign-expires = expires { $at }
sign-signed-by = Signed by { $name }, { $at }
sign-done = Signed.
sign-void = void since { $at }
sign-reason-needed = Say what must change.
delegate-title = Delegate to
delegate-from = From
delegate-until = Until

## Go-live console

live-title = Go-live of { $version }
live-question = What step now, and may we stop?
live-now = Now
live-window-ends = Window ends in
live-no-return = Point of no return in
live-opens = Window opens in
live-rehearsal = The window is not open yet. You can rehearse.
live-go = Go
live-no-go = No go
live-roll-back = Roll back to { $version }
live-roll-back-confirm = Type { $version } to confirm
live-blocked = I am blocked
live-log = Log of the steps
live-next-step = Then: { $step }
rollout-title = Rollout of { $version }
rollout-halted = Halted
rollout-wave-halted = { $wave } halted itself, { $at }
rollout-verified = { $n } of { $all } sites verified
rollout-hold = Hold the rollout
rollout-continue = Continue
rollout-skip-site = Skip this site
rollout-attention-first = those that need attention first
rollout-no-sites = No site is in scope. Tag sites or change the scope.
report-title = Report a deployment
report-outcome = Outcome
report-installed = Installed
report-verified = Installed and verified
report-failed = Failed
report-rolled-back = Rolled back
report-not-done = Not done
report-at = When
report-evidence = Evidence
report-submit = Report the outcome

## Calendar

calendar-title = Calendar
calendar-question = When can we, and when not?
calendar-month = Month
calendar-agenda = Agenda
calendar-previous = Previous month
calendar-next = Next month
calendar-windows = Windows
calendar-window-add = Add a window
calendar-freezes = Freezes
calendar-freeze-add = Add a freeze
calendar-freeze-lift = Lift the freeze
calendar-freeze-why = Why is it frozen?
calendar-holidays = Holidays
calendar-made-up = Made-up working days
calendar-import = Import .ics
calendar-next-slot = Next free slot
calendar-clash = Clash
calendar-empty = No window yet. Without one, every working day is open.
calendar-feed = Calendar feed
calendar-rule = Rule
calendar-every-week = Every week
calendar-nth = Number { $n } of the month
calendar-last = The last of the month
calendar-days = Days of the week
calendar-open-minutes = Open for (minutes)
calendar-capacity = Releases per window
calendar-zone = Time zone
calendar-name = Name
calendar-from = From
calendar-until = Until

## Sites

sites-title = Sites
sites-question = Which version runs where, and how we know
sites-view-versions = Versions
sites-view-list = List
sites-columns = View
sites-group-by = Group by
sites-group-country = Country
sites-older-than = All sites older than { $version }
sites-plan-for = { $n ->
        [one] Plan a release for this site
       *[other] Plan a release for { $n } sites
    }
sites-import = Paste or import
sites-import-hint = Paste rows from a spreadsheet, or CSV with a header line.
sites-import-check = Check the rows
sites-import-take = Import { $n } rows
sites-import-errors = { $n ->
        [one] One row
       *[other] { $n } rows
    } cannot be read. Nothing was imported.
sites-import-row = Row { $n }
sites-on-newest = On newest, { $version }
sites-without-support = Without support
sites-support-ends = Support ends { $date }
sites-confirmed-today = Version confirmed today
sites-of = of { $n }
sites-empty-title = No site yet
sites-empty-text = Paste three columns from a spreadsheet: name, time zone, version.
source-agent = Agent
source-person = Person
source-import = Import
source-unknown = Unknown
site-runs = Runs
site-history = Versions over time
site-as-of = As of
site-contacts = Contacts
site-contact-language = Language
site-address = Address
site-parts = Parts
site-parts-hint = Each part is updated on its own; the site decides for all of them.
site-has-parts = updated part by part
part-environment = Environment
part-user-group = User group
site-tags = Tags
site-link = Link to the site's own page
site-link-new = Send a new link
site-decisions = Decisions
site-decision-accepted = Accepted
site-decision-postponed = Asks for another time
site-decision-declined = Declined
site-decision-none = No answer yet
site-planned = Planned
site-feedback = Feedback
site-no-feedback = No feedback yet.

## The site's own page

own-title = { $product } moves to { $version }
own-to = For { $name }, { $site }
own-nothing-title = No change is planned
own-nothing-text = You run { $version }. We write to you before anything changes.
own-when = When?
own-waits = We wait for your answer
own-accepted = You accepted this time
own-postponed = You asked for another time
own-declined = You declined this time
own-installed = It is installed
own-downtime = Downtime
own-reserve = Reserve
own-reserve-until = until { $at } ({ $place } time)
own-answer-by = Answer by
own-accept = Please go ahead at this time
own-asked-revision = Revision { $revision }, { $at }
own-asked-yes = I confirm
own-asked-changed = This has changed since you read or confirmed it. Please read what stands now and answer again.
own-asked-closed = The contents are confidential; ask your contact person for them.
own-propose = I propose another time
own-propose-times = Possible times
own-propose-submit = Propose this time
own-message = Your message
own-decline = Not this time
own-decline-text = You stay on { $version }. We ask you again before its support ends.
own-decline-submit = Send that we do not take it
own-change-until = You can change your answer until { $at }.
own-changes = What changes?
own-change-feature = New
own-change-better = Better
own-change-fix = Corrected
own-change-note = Good to know
own-prepare = What do we prepare?
own-night = How it goes
own-back = If something goes wrong, we go back.
own-back-text = You are back on { $version } within { $span }. Data stay as they were at the start.
own-questions = Questions?
own-call = Call
own-write = Write to us
own-guide = Update guide
own-notes = Release notes { $version }
own-ics = Add to calendar
own-feedback = How did it go?
own-feedback-good = It works
own-feedback-problem = There is a problem
own-feedback-submit = Send feedback
own-feedback-thanks = Thank you. Your feedback was recorded.
own-footer = This page is for { $site } only and stays open until { $date }. Who answered and when is recorded.
own-expired-what = This link has expired
own-expired-now = Ask for a new link; it goes to the address we know.
own-expired-ask = Ask for a new link
own-receipt-title = Please confirm that you have read this
own-receipt-submit = I have read it
own-receipt-done = Confirmed, { $at }

## Notices

notices-title = Notices
notices-question = Who gets told what, when, and did they?
notices-empty = No notice yet. They come from the process of a release.
notices-due = Due
notices-audience = Audience
notices-recipients = { $n ->
        [one] One recipient
       *[other] { $n } recipients
    }
notices-recipients-title = Exact recipients
notices-channel = Channel
notices-channel-mail = E-mail
notices-channel-board = Board
notices-channel-public = Public page
notices-channel-task = Task for a person
notices-preview = Preview
notices-preview-in = Preview in { $language }
notices-subject = Subject
notices-log = Delivery log
notices-read = { $read } of { $all } read
notices-correct = Send a correction
notices-retract = Retract
notices-retry = Send again
notices-quiet = waits for the end of quiet hours, { $at }
notices-dead = These could not be delivered
delivery-due = Due
delivery-sending = Being sent
delivery-sent = Sent
delivery-opened = Opened
delivery-acknowledged = Read and confirmed
delivery-failed = Failed, tried again { $at }
delivery-dead = Not deliverable
delivery-superseded = Replaced by a newer one
delivery-retracted = Retracted
notices-state-planned = Planned
notices-state-blocked = Not complete
notices-state-skipped = Not sent
notices-earliest = Not before
notices-latest = Not after
notices-missing = What is missing
notices-acknowledged = { $percent } % have confirmed
notices-recipient = Recipient
notices-error = Answer of the mail server
notices-discard = Let go
notices-discard-reason = Why nobody need be told here
notices-all = All notices
notices-late = The lead time was missed.
notices-at-risk = The lead time is at risk.
delivery-discarded = Let go

## Documents

extract-title = Drawn from the record
extract-question = Nobody writes these: they say what the record holds at this moment, to print or to open in a spreadsheet.
extract-csv = Download as CSV
extract-drawn = Drawn { $at }
extract-empty = The record holds nothing for this table yet
extract-minutes = { $n } min
extract-tasks = Tasks by person
extract-problems = Problem report
extract-changes = Change record
extract-switch-over = Switch-over report
extract-training = Training report
extract-upgrades = Upgrade record table
extract-address-book = Address book
extract-deliverables = Table of deliverables
extract-col-person = Person
extract-col-role = Role
extract-col-number = No.
extract-col-step = Step
extract-col-begin = Begin
extract-col-end = End
extract-col-state = State
extract-col-at = When
extract-col-what = Kind
extract-col-problem = Problem
extract-col-line = Line
extract-col-owner = Responsible
extract-col-planned = Planned
extract-col-expected = Expected
extract-col-found = Found
extract-col-training = Training
extract-col-due = Due
extract-col-checked = Checked
extract-col-remark = Remark
extract-col-id = Id
extract-col-change = Change
extract-col-kind = Kind
extract-col-purpose = Reason
extract-col-answers = Answers
extract-col-site = Site
extract-col-from = From version
extract-col-to = To version
extract-col-outcome = Result
extract-col-evidence = Evidence
extract-col-email = E-mail
extract-col-stage = Stage
extract-col-document = Document
extract-col-format = Form
extract-col-about = Duty and description
extract-col-class = Report class
extract-col-file = Volume and number
extract-col-revision = Revision
extract-col-signed = Signed by
extract-problem-reported = Reported
extract-problem-failed = Failed
extract-problem-rejected = Rejected
extract-problem-passed = Passed with a reason
extract-problem-debt = Owed since the emergency
extract-problem-open = Open
extract-problem-paid = Settled
extract-communication = Communication log
extract-troubles = Incidents and problems
extract-releases = Releases of the period
extract-measures = Key measures
extract-col-channel = How
extract-col-told = To whom
extract-col-count = Number
extract-col-said = What was said
extract-col-trouble = Kind
extract-col-described = Description
extract-col-version = Version
extract-col-title = Title
extract-col-category = Category
extract-col-on-time = On time
extract-col-incidents = Incidents
extract-col-problems = Problems
extract-col-measure = Measure
extract-col-of = Of
extract-col-share = Share
extract-col-target = Target
extract-trouble-incident = Incident
extract-trouble-problem = Problem
extract-measure-releases = Releases
extract-measure-success = Closed as successful
extract-measure-on-time = Closed on time
extract-measure-incidents = Incidents caused
extract-measure-problems = Problems caused
extract-measure-met = Met
extract-measure-missed = Missed
extract-told-sent = Sent
extract-told-planned = Planned
sheet-state-open = To do
sheet-state-running = Running
sheet-state-done = Done
sheet-state-failed = Failed
answer-not-applicable = Not applicable
report-class-acceptance = Acceptance report
report-class-process = Process report
report-class-summary = Summary report
documents-title = Documents
documents-empty = No document yet. The process says which ones are needed.
documents-name = Document
documents-revision = Revision
documents-author = Author
documents-status-draft = Draft
documents-status-review = In review
documents-status-approved = Approved
documents-status-obsolete = Obsolete
documents-public = Public
documents-internal = Internal
documents-confidential = Confidential
documents-write = Write here
documents-upload = Upload a file
documents-submit-review = Hand in for review
documents-section-missing = The section “{ $section }” is empty.
documents-archive = Archive bundle
documents-archive-hint = Check it on any machine with “roadbook record verify”.

## Processes

processes-title = Processes
processes-question = What does our process demand?
processes-empty = No process yet. Take the starter process or import a file.
processes-starter = Take the starter process
processes-revision = Revision { $n }
processes-used-by = Used by { $n ->
        [one] one release
       *[other] { $n } releases
    }
processes-file = File
processes-lanes = Lanes
processes-findings = Findings
processes-no-findings = The checker found nothing.
processes-file-order = Not every order of answers was tried: there are too many. Where several questions are open side by side, they were answered in the order of the file only.
processes-line = line { $n }
processes-diff = Difference between revisions
processes-check = Check
processes-simulate = Simulate
processes-publish = Publish
processes-published = published { $at }

## Products and versions

products-title = Products and versions
products-question = Which number is next, and why?
products-empty = No product yet.
products-add = Add a product
products-name = Name
products-scheme = Version scheme
products-newest = Newest version
products-next = Next version
products-next-why = Why this number
products-bump-main = Main version
products-bump-feature = New features
products-bump-minor = Bug fixes and small changes
products-bump-server = Server update
products-support-until = Support until
products-released = Released
products-line = Line

## People and roles

people-search = Name, sign-in name or address
people-all-units = All units
people-all = All
people-active = Active
people-inactive = Not active
people-none = Nobody fits.
people-login-hint = Without one the person only receives notices.
people-added = The person is added
people-about = About
people-zone = Time zone
people-hours = Hours a week
people-when = When
people-end = End
people-own-role = or a role of a process
people-own-role-hint = Its short name in the process file, such as quality_manager.
people-no-roles = No role yet.
people-sign-in = Signing in
people-activate = Let this person act again
people-deactivate = Let this person act no more
people-has-password = has a password
people-no-password = has no password yet
people-new-link = New link for a password
units-title = Units
units-question = Who belongs to whom?
units-none = No unit can be seen.
units-add = Add a unit
units-head = Head
units-above = Stands below
units-root = Nothing: it is the top
units-kind = Kind
unit-kind-company = Company
unit-kind-subsidiary = Subsidiary
unit-kind-branch = Branch
unit-kind-division = Division
unit-kind-department = Department
unit-kind-team = Team
unit-kind-contractor = Contractor
unit-kind-customer = Customer
unit-kind-partner = Partner
import-title = Import a list
import-question = Paste rows from a spreadsheet or upload a file. All rows are kept, or none.
import-kind = What the rows are
import-kind-units = Units
import-kind-people = People
import-kind-sites = Sites
import-kind-contacts = Contact persons of sites
import-columns = Columns (* must be filled)
import-text = Rows, the first names the columns
import-text-hint = Commas, semicolons or tabs between the cells.
import-check = Check only
import-wrong = { $n ->
        [one] One cell is wrong
       *[other] { $n } cells are wrong
    }
import-nothing-kept = Nothing was imported
import-row = Row
import-column = Column
import-created = New
import-updated = Changed
import-unchanged = As before
import-tried = { $n ->
        [one] One row is right. Nothing is kept yet.
       *[other] All { $n } rows are right. Nothing is kept yet.
    }
import-kept = { $n ->
        [one] One row is imported.
       *[other] { $n } rows are imported.
    }
people-title = People and roles
people-question = Who may do what, where and until when?
people-name = Name
people-unit = Unit
people-email = E-mail
people-roles = Roles
people-add = Add a person
people-import = Import from CSV
people-grant = Grant a role
people-grant-where = Where
people-grant-until = until { $date }
people-invite = Send an invitation
people-invited = invited { $at }
people-units = Organization tree
people-empty = Only you are here. Add people or import them.

## Record

record-title = Record
record-question = Can we prove it?
record-empty = Nothing is recorded yet.
record-at = When
record-who = Who
record-what = What
record-stream = Stream
record-hash = Hash
record-intact = The chain is whole: { $n } entries checked.
record-broken = The chain breaks at entry { $n }.
record-verify = Check now
record-head = Signed head

## Settings

settings-title = Settings
settings-question = How is this server set up, and is it well?
settings-mail = Mail
settings-mail-none = No mail server is set. Notices wait and say so.
settings-mail-host = Server
settings-mail-port = Port
settings-mail-from = Sender
settings-mail-tls = Encryption
settings-test-now = Test now
settings-test-to = Send a test to
settings-test-ok = The mail server accepted the test to { $to }.
settings-test-failed = The test failed: { $reason }
settings-health = Health
settings-database = Database
settings-backup = Last backup
settings-backup-never = never
settings-outbox = Waiting to be sent
settings-version = Version of the server
settings-origin = Set by
settings-origin-flag = flag
settings-origin-env = environment
settings-origin-file = file
settings-origin-default = default
settings-name = Setting
settings-value = Value

## Outbox of the demo

outbox-title = Outbox
outbox-question = Every mail the demo would have sent
outbox-empty = No mail yet. The clock runs; come back in a moment.
outbox-to = To
outbox-links = One-time links

## Search

search-title = Search
search-results = { $n } found for “{ $q }”
search-nothing = Nothing found for “{ $q }”. Try a version, a site or a name.

## Public release page

public-title = Releases of { $organization }
public-lead = What was released, what comes next.
public-upcoming = Coming
public-past = Released
public-empty = Nothing has been published yet.
public-feed = Subscribe to the feed
public-go-live = Go-live
public-updated = Updated
public-canceled = Canceled
public-read = Read the notice
public-requirements = System requirements
public-features = New features
public-improvements = Improvements
public-guide = Upgrade guide
public-history = What was told
public-kind-notice = First notice
public-kind-correction = New date
public-kind-retraction = Canceled
public-subscribe-title = Hear of new releases by e-mail
public-subscribe-address = Your e-mail address
public-subscribe-submit = Subscribe
public-subscribe-asked = If the address exists, a question is on its way there. Answer it, and the subscription begins.
public-confirm-title = Confirm the subscription
public-confirm-lead = New releases will be told to this address.
public-confirm-submit = Yes, tell me of new releases
public-confirm-done = { $address } now hears of new releases.
public-leave-title = End the subscription
public-leave-lead = No further mail will be sent to this address.
public-leave-submit = End the subscription
public-leave-done = The subscription has ended.
public-back = All releases
receipt-outdated = A newer notice has replaced this one.

## Step

step-title = Step “{ $step }”
step-inputs = What you need
step-inputs-empty = This step needs nothing from others.
step-outputs = What you give
step-outputs-empty = Nobody waits for a result of this step.
step-from = from { $name }
step-for = for { $name }
step-number = Number
step-activity = Management activity
step-matters = Matters to approve
step-deliverables = Deliverables
step-checks = Checks
members-title = One by one
member-leave-out = Leave out
member-reopen = Take up again
member-again = Ask again on
item-add = Add an item
item-ask = What is to be checked?
item-required = Required value, if there is one
step-fail = It did not succeed
event-raise = Report that it happened
event-what = What happened?
step-guide = How it is done
step-history = History of the step
step-before = Comes after
step-overlap = Overlap
step-overlaps = Begins while the phase before is still under way
step-after = Comes before
diff-added = added
diff-removed = removed
diff-none = The two revisions are equal.

## Door

setup-lang = Language
setup-sign-in-name = User name
sign-in-again-later = Too many tries. Wait a little and try again.
link-title = Your link
link-continue = Continue
done-saved = Saved.
own-no-date = The date is not set yet. We write to you as soon as it is.
own-feedback-partly = It works in part
own-feedback-problems = What did not work?
own-feedback-ideas = What should be better?
own-feedback-rating = How content are you, from 1 to 5?
own-read = You have read the release notes
sites-any-product = Any product
sites-text = Name or customer
sites-product = Product
sites-older = Older than version
sites-filter = Show
sites-about = Customer and tags
sites-import-kind = What the rows are
sites-import-rows = Rows
sites-import-new = New
sites-import-changed = Changed
sites-import-same = As before
outcome-skipped = Left out
outcome-none = Not reported yet
report-evidence-hint = A protocol, a ticket number, what you saw. Needed for installed and rolled back.
site-decide-for = Answer for the site
site-link-once = The link is shown only now. Send it to the contact.
site-contact-add = Add a contact
site-mail = E-mail address
calendar-any-window = All windows
calendar-minutes = Minutes needed
calendar-ask = Why, and when can we?
calendar-import-hint = Paste the text of an .ics file with all-day events.
why-free = This slot is free
why-empty = The slot has no length.
why-outside = No window is open then.
why-long = It is longer than the window by { $span }.
why-year = The windows of { $year } are not approved yet.
why-full = The window is full; it takes { $n } at a time.
why-frozen = Frozen until { $until }: { $reason }
release-sites-empty = This release has no sites yet.
release-sites-all = All sites
release-sites-none = No site fits this.
release-sites-bulk = Report several sites at once
release-sites-talks = Talks with sites
upload-hint = PDF, Office, text, image or zip; at most { $most }.
upload-sections = Sections changed
upload-no-required = Choose a file.
upload-no-empty = The file is empty.
upload-no-name = The file needs a plain name.
upload-no-media-type = This kind of file is not taken. Send PDF, Office, text, image or zip.
upload-no-too-large = The file is too large: at most { $most }.
talk-open = Not told yet
talk-write-down = Write down the talk
talk-channel = How
talk-channel-phone = Telephone
talk-channel-visit = Visit
talk-channel-chat = Chat
talk-channel-email = E-mail
talk-readiness = How ready are they?
talk-readiness-ready = Ready
talk-readiness-needs-help = Needs help
talk-readiness-refuses = Does not want it
talk-readiness-unknown = Not known yet
talk-notes = What was said
talk-done = They are told
release-sites-read = has read the release notes
products-key = Short name
products-key-hint = Small letters and digits; stays for good.
simulate-title = Simulate a process
simulate-question = When would everything be done, by whom, and can the go-live be kept?
simulate-form = What to assume
simulate-hours = Hours that the go-live lasts
simulate-begin = Work begins
simulate-begin-hint = Now, if left empty
simulate-team = Team
simulate-team-all = Everybody has time at once
simulate-team-counted = As many people per role as given below
simulate-team-hint = A unit brings its people with their roles, hours and absences.
simulate-seed = Seed
simulate-seed-hint = With a number, steps take less or more than written; the same number gives the same dates. Empty: exactly as written.
simulate-counts = People per role
simulate-facts = Settings and answers
simulate-unknown = as usual, or not known
simulate-mode = Planned or emergency
simulate-kind = Kind of release
simulate-wrong-number = Enter a whole number in the usual range.
simulate-wrong-revision = There is no such revision.
simulate-wrong-years = Choose a time within ten years.
simulate-wrong-team = There is no such unit, or none that you may see.
simulate-wrong-value = This answer is none that the process takes.
simulate-verdict = Can it be kept?
simulate-kept = The go-live and every date can be kept.
simulate-is-kept = can be kept
simulate-is-not-kept = cannot be kept as asked
simulate-go-live-late = The go-live would come { $by } late.
simulate-late = “{ $step }” would end { $by } after its date.
simulate-unheld = Nobody in the team holds these roles; nothing waits for them here:
simulate-path = Critical path
simulate-last-begin = Begin by
simulate-last-begin-none = no begin is early enough
simulate-lead = From begin to end
simulate-lanes = Steps by role
simulate-lanes-summary = “!” marks the critical path: any delay moves the end.
simulate-people = { $n ->
    [one] { $n } person
   *[other] { $n } people
    }
simulate-load = Load per role and week
simulate-load-week = Week
simulate-load-work = Work
simulate-load-there = Hours there are
simulate-load-share = Used
simulate-week = Week of { $date }
simulate-waits = Where the time would go
simulate-waits-how = Counted in working hours; at night and on days off by the clock.
simulate-wait-person = Waits for people
simulate-wait-window = Waits for its date or the window
simulate-wait-site = Waits for sites
simulate-all = All steps
simulate-left-out = Steps that are left out, and why
compare-title = What would have been different
compare-question = A closed release on two revisions of its process
compare-release = Closed release
compare-release-hint = Its number; take one that ran on this process.
compare-wrong-release = There is no such release, or none that you may see.
compare-wrong-open = This release is not closed. Take one that is.
compare-wrong-process = This release ran on another process.
compare-longer = The later revision
compare-as-long = takes as long
compare-ran = { $release } really ran on { $revision } and was closed on { $at }.
compare-how = What was done takes as long as it really took; what was not takes what is written.
compare-gates = Approvals and decisions
compare-gates-same = The same approvals and decisions.
compare-gate-more = One more: { $step }
compare-gate-less = One less: { $step }
compare-steps = Steps and dates
compare-steps-same = The same steps on the same dates.
compare-only-before = would not be done any more
compare-only-after = would be new
compare-did = really done by { $names }
compare-roles = Who would have had more or less to do
compare-roles-same = Everybody the same.
compare-more = { $by } more
compare-less = { $by } less
compare-same-work = the same hours
compare-n-steps = { $n ->
    [one] { $n } step
   *[other] { $n } steps
    }
processes-settings = Settings
processes-settings-about = What an organization may decide for itself. A run takes what holds when it is opened and keeps it.
processes-settings-default = { $value } unless set
processes-settings-all = All products
processes-settings-value = Value
processes-settings-usual = As the process says
processes-steps = Steps
processes-published-as = Revisions
processes-number = Document number
processes-owner = Owner
processes-reviewed-by = Reviewed by
processes-not-reviewed = Published without a review
processes-effective = In force from
processes-confidentiality = Confidentiality
processes-takes = For
processes-scope = In the units
processes-scope-binding = Binding: every unit uses it as it is
processes-scope-reference = Reference: a unit may use a process of its own
processes-takes-all = Every release
processes-rules = Supplementary rules
processes-related = Related procedures
processes-note = Reason for the revision
processes-note-hint = Needed to publish. It stands in the revision record.
processes-state-effective = In force
processes-state-draft = Draft
processes-state-review = In review
processes-state-scheduled = Scheduled
processes-to-review = Send to review
processes-save-draft = Save draft
processes-drafts = Drafts
processes-draft-card = This draft
processes-draft-remark = Remark
processes-in-force = Put into force
processes-give-back = Return to the author
processes-take-back = Take it back
processes-in-review-why = In review, the text stays as it is: what is reviewed is what is put into force. Take it back or return it to go on writing.
processes-four-eyes-own = You wrote it: somebody else puts it into force.
processes-four-eyes = Nobody puts a revision into force alone here: send it to review.
processes-drop-draft = Drop the draft
processes-unreadable-new = A new process needs a file that can be read: it names the process.
settings-process-four-eyes = Whoever wrote a revision of a process does not put it into force
processes-state-superseded = Superseded
processes-by-roadbook = Roadbook
processes-pinned = A release keeps the revision it started with.
processes-used-line = Not closed on revision { $revision }: { $n }
processes-used-none = No release that is not closed uses it.
processes-used-about = They stay on their revision until somebody moves them.
processes-what-changed = What changed
processes-compare = Compare
processes-same = Both revisions say the same.
processes-added = New { $part }: { $title }
processes-removed = Removed { $part }: { $title }
processes-changed = Changed { $part }: { $title }
processes-nothing = nothing
processes-part-process = process
processes-part-role = role
processes-part-field = question
processes-part-setting = setting
processes-part-document = document
processes-part-audience = audience
processes-part-phase = phase
processes-part-step = step
processes-place = Place
processes-what = What and why
processes-code = Code
processes-error = Blocks
processes-warning = Remark
processes-blocked = { $n ->
        [one] One finding blocks publishing.
       *[other] { $n } findings block publishing.
    }
processes-unreadable = The drawing comes as soon as the file can be read.
processes-mark-added = new
processes-mark-changed = changed
processes-mark-removed = removed
processes-changes = What it changes
processes-first = No process of this name is there yet: this would be its first revision.
processes-against = Compared with revision { $n }, which is in force
processes-new-revision = New revision
processes-publish-about = Paste or upload a process file. All findings come at once, each with its line; what blocks is never published.
processes-text-hint = The date from which it holds stands in the file (control.effective). Until that day the revision is scheduled.
processes-upload = or upload a file
people-invite-once = Give this link to the person. It is shown only now and works once.
role-site-contact = Contact of the site
role-site-contact-user = User contact of the site
role-site-contact-admin = Administrator contact of the site
role-head-of-unit = Head of the applicant’s unit
role-authorizer = Authorizer of the product
calendar-past = This time is over.

# First steps
start-title = First steps
start-sub = From an empty installation to your first release. What is done stays done; come back at any time.
start-count = { $done } of { $all } steps done
start-all-done = Everything is in place, and your first release is open.
start-now = Next
start-not-you = You do not hold a role that may do this. Ask an administrator or a release manager.
start-product = Create a product
start-product-text = A product is what you ship and number. Its name is enough to begin.
start-sites-text = A site is a place where your product runs: a customer, a plant, a server room. Copy the rows together with their heading.
start-sites-open = Paste sites
start-process = Choose a process
start-process-text = A process says who does what, in which order and by when. The starter process is small and can be changed later.
start-process-steps = { $n ->
    [one] { $n } step
   *[other] { $n } steps
 }
start-process-publish = Publish the starter process
start-process-chosen = Chosen
start-process-choose = Take this one
start-release = Open the first release
start-release-text = One line says what it is about. You lead it, and its page shows who is to act first.
start-release-first = This needs a product and a process.
home-start-title = No release yet
home-start-text = Four short steps lead to the first one: a product, your sites, a process, the release.
home-start-go = Begin
form-taken = This is taken already. Choose another one.
form-not-a-zone = This is no time zone. Write it like Asia/Seoul.
form-not-a-key = Only a–z, 0–9 and . _ - are allowed, 64 characters at most.
form-one-line = Write one line without control characters.
products-key-made = Left empty, it is made from the name. It stays for good.

# Settings
settings-dead = Given up
settings-quarantined = From a backup
settings-mail-how = Write its address into the configuration file and start the server again:
settings-outbox-title = Outbox
settings-outbox-waits = { $n ->
    [0] Nothing waits to be sent.
    [one] One effect waits to be sent.
   *[other] { $n } effects wait to be sent.
 }
settings-outbox-next = The next is due { $at }.
settings-quarantine = { $n ->
    [one] One effect came back with a backup. It is not sent before you release it.
   *[other] { $n } effects came back with a backup. They are not sent before you release them.
 }
settings-quarantine-release = Release them
settings-dead-many = { $n ->
    [one] One mail was given up. Whoever leads its release tries again or discards it.
   *[other] { $n } mails were given up. Whoever leads their release tries again or discards them.
 }
settings-dead-none = Nothing was given up.
settings-health-hint = The self-check reads the record, the outbox and the version history and says what cannot be true. It changes nothing.
settings-health-well = All is well: { $n } things examined.
settings-health-ill = { $n ->
    [one] One thing cannot be true.
   *[other] { $n } things cannot be true.
 }
settings-health-now = Keep a copy of the data directory before you change anything, then run
settings-health-check = Check now
settings-since = set up on { $date }
settings-installation-hint = New units, people and sites begin with these.
settings-address = Address
settings-public = Public page
settings-public-open = Open the public page
settings-server = Server
# Account
account-profile = About you
account-email-hint = Notices go here. Without an address they stand on your board only.
account-quiet-hint = Mail that can wait is not sent between 21:00 and 07:00 in this zone.
account-roles = Your roles
account-role = Role
account-dates = Dates
account-no-roles = You hold no role yet. An administrator gives them.
account-everywhere = Everywhere
account-since = since { $date }
account-in-force = In force
account-later = Later
account-over = Over
account-password-old = Present password
account-password-change = Change the password
account-password-hint = Your other sessions end.
account-password-wrong = This is not your present password. Nothing was changed.
account-session = Signed in { $at }
account-session-seen = last used { $at }
account-session-this = This one
account-session-end = End
account-session-end-all = End all others
account-away-none = No leave is entered, and nobody stands in.
account-absence = Away
account-absence-add = Enter an absence
account-deputy = User name of the deputy
account-deputy-hint = Your work is shown to this person too; signatures name both of you.
account-deputy-add = Name a deputy
account-deputy-is = { $name } stands in for you
account-deputy-unknown = Nobody whom you may see has this user name.
account-stands-in = You stand in for { $name }
account-from = First day
account-to = Last day
account-order = The last day must come after the first, and not be over.
grant-admin = Administrator
grant-manager = Release manager
grant-process-owner = Process owner
grant-member = Member
grant-auditor = Auditor
grant-deputy = Deputy

# Documents over all releases, and search
documents-question = What is written, what is valid, and what still waits for a signature?
documents-none = No documents
documents-any = Any
documents-find = Document or release
documents-status = Control status
documents-level = Confidentiality
documents-sign-open = Signature missing
documents-shown = { $n ->
    [one] { $n } document
   *[other] { $n } documents
 }
search-people = People
search-all = All
search-kinds = What is looked for
search-ask = What are you looking for?
search-ask-text = A version, a release, a site, a product, a document or a person.
no-rollout-not-open = The step that brings it to the sites is not open yet. Nothing is deployed before it is.

# A product and its numbers
product-description = What it is for
product-owner-role = Role that owns the roadmap
product-owner-role-hint = Only who holds it plans main, sub and revision numbers. Left empty, whoever may edit the product does.
product-d-from-tag = The build number is the order number of the tag in version control
product-cascade = A main or sub number sets the build back to zero
product-active = In use
product-inactive = No longer in use
product-about = About the product
product-newest = newest version { $version }
product-no-releases = No release has taken a number yet.
product-no-sites = No site runs it yet.
product-sites = Versions at the sites
product-roadmap = Roadmap
product-roadmap-add = Plan a number
product-roadmap-number = Number
product-roadmap-hint = The first three parts, for example 2.3.0.
product-roadmap-theme = What it will bring
product-roadmap-planned = Planned for
product-roadmap-empty = Nothing is planned yet.
product-roadmap-owner = owned by { $role }
product-authorizers = Who may authorize releases
product-authorizers-empty = Nobody is named yet.
product-authorizer = User name
product-authorizer-add = Name somebody
version-level-build = Build (d)
version-level-revision = Revision (c)
version-level-minor = Sub version (b)
version-level-major = Main version (a)
version-levels = What would come next, level by level
version-level = Level
version-after = after { $version }
version-in-roadmap = Planned in the roadmap: { $theme }
version-needs-roadmap = Not in the roadmap. It may be taken once its owner has planned it.
version-needs-roadmap-may = Not in the roadmap, but you may decide it.
version-automatic = Needs no entry in the roadmap.
version-ask = Ask by what changes
version-changes = What changes?
version-planned = Or exactly this number
version-tag = Order number of the tag
version-explain = Explain
why-version-first = The product has no version yet: this is the first number.
why-version-chosen = The level was chosen: { $level }.
why-version-decided = Of { $of } changes, “{ $change }” asks for the most: { $level }.
why-version-planned = The number was planned exactly so.
why-version-raised = { $part } rises from { $from } to { $to }.
why-version-carried = { $part } is full at { $max }, so { $into } rises instead.
why-version-reset = { $part } goes back from { $from } to 0.
why-version-kept = { $part } stays { $value }: the product is set up so.
why-version-tag = The build is the order number of the tag: { $tag }.
why-version-dated = The date makes the number: { $date }.
why-version-unstable = Before 1.0.0 an incompatible change raises the second part.
why-version-finished = The pre-release becomes the version it announced.
change-architecture = The whole architecture
change-platform = The technology platform
change-incompatible = Something that worked no longer does
change-feature = A module added, removed or exchanged
change-specification = An existing feature can do more
change-capacity = A limit was moved
change-bug-fix = A fault repaired
change-internal-design = Internal design, nothing to be seen
change-library = A library exchanged
change-database-script = A database script
change-configuration-file = A configuration file
no-password-wrong = The password is wrong. Nothing was signed.

# The record of a release
story-question = Every entry is chained to the one before it; nothing can be changed, added or taken out unseen.
story-find = What happened
story-anybody = Anybody
story-system = Roadbook itself
story-facts = Facts
story-after = follows from
story-none = No entry yet

## Rollouts, agents and packages

release-tab-sites = Sites
agent-title = Agent
agent-none = No agent
agent-never = Not heard of yet
agent-heard = heard { $span } ago
rollout-at-scheduled = scheduled
rollout-at-held = held
rollout-at-ordered = waiting for the window
rollout-at-confirming = waiting for the site's consent
rollout-at-running = running
rollout-at-by-hand = for people to install
rollout-at-silent = agent silent
rollout-at-installed = installed
rollout-at-failed = failed
rollout-at-rolled-back = rolled back
rollout-at-skipped = left out
rollout-at-canceled = canceled
rollout-count = { $n } { $what }
stage-ordered = Ordered
stage-downloading = Downloading
stage-downloaded = Downloaded
stage-verified = Package verified
stage-waiting = Waiting
stage-readiness = Readiness
stage-backup = Backup
stage-install = Install
stage-configure = Configure
stage-migrate = Migrate data
stage-switch = Switch over
stage-verify = Verify
stage-rollback = Roll back
stage-done = Done
stage-rolling-back = Rolling back
stage-rolled-back = Rolled back
stage-failed = Failed
stage-canceled = Canceled
rollout-state-preview = Preview
rollout-state-running = Running
rollout-state-soaking = Observing
rollout-state-halted = Halted
rollout-state-held = Held
rollout-state-finished = Finished
rollout-state-ended = Ended
rollout-now-preview = Nothing has begun. This is what will happen.
rollout-now-running = A wave is being installed
rollout-now-soaking = The wave is through; it must stay quiet for a while
rollout-now-halted = The rollout halted itself
rollout-now-held = A person holds the rollout
rollout-now-finished = All waves are through
rollout-now-ended = The rollout was ended before its last wave
rollout-why-failed = More sites failed than the rule of the wave allows.
rollout-why-silent = More agents are silent than the rule of the wave allows. That is no failure; look at the lines.
rollout-why-rolled-back = A person rolled back. Automation is held until a person lifts it.
rollout-rule-any = halts at 1 failed
rollout-rule-failed = halts: failed > { $n } %
rollout-rule-silent = silent > { $n } %
rollout-rule-soak = then quiet for { $span }
rollout-wave-waiting = not begun
rollout-wave-running = running
rollout-wave-soaking = observing
rollout-wave-halted-since = halted
rollout-wave-held = held
rollout-wave-done = done
rollout-lift = Let it go on by itself again
rollout-back = Roll back
rollout-back-site = Approve the rollback to { $version }
rollout-back-wave = Roll back this wave
rollout-back-all = Roll back everything
rollout-retry = Try again
rollout-order-now = Order it now
rollout-log = Log
rollout-everything = everything
rollout-loses = What is lost
rollout-loses-since = everything since { $at }
rollout-loses-unknown = everything since the backup of the update
rollout-loses-nothing = Going back loses nothing.
rollout-and-more = and { $n } more sites
rollout-ask-hold = Hold the rollout?
rollout-then-hold = No further site begins. What runs at sites now comes to its end.
rollout-yes-hold = Hold
rollout-ask-resume = Go on with the rollout?
rollout-then-resume = The wave goes on, and the next waves follow by themselves. What failed stays as it is.
rollout-yes-resume = Continue
rollout-ask-skip = Leave out { $what }?
rollout-then-skip = The site keeps what it runs and is not counted in its wave any more.
rollout-yes-skip = Leave out
rollout-ask-retry = Try again at { $what }?
rollout-then-retry = The site gets a new order. Steps that may run twice run again.
rollout-yes-retry = Try again
rollout-ask-rollback = Roll back: { $what }?
rollout-then-rollback = The sites return to the version they ran before, with the data of their backup. Automation is held afterwards until a person lifts it.
rollout-yes-rollback = Roll back
rollout-ask-lift = Let the rollout go on by itself again?
rollout-then-lift = Waves are started by their rules again.
rollout-yes-lift = Lift the hold
rollout-silent-no-failure = Not a failure: nobody has heard of it.
rollout-all-waves = All
rollout-any-state = Any state
rollout-attention = Needs attention
rollout-waves = Waves
rollout-waves-back = Waves of the rollback
rollout-none = No rollout yet
rollout-none-text = The process of this release has no rollout step, or it has no sites.
rollout-run-install = Install
rollout-run-rollback = Rollback, { $at }
rollout-next-by-itself = When it is quiet until then, the next wave begins by itself.
rollout-next-reports = As soon as the last site reports, the observation begins.
rollout-next-decide = Roll back, try again, or leave the site out; then continue.
rollout-next-stays = Nothing more is sent to any site: those not begun keep what they run.
rollout-next-resume = Continue when the reason is gone.
rollout-next-starts = The first wave begins when the step of the process opens.
rollout-next-lift = Lift the hold when the cause is known.
rollout-last-lines = Last lines from { $site }
rollout-halt-failed = { $n } of { $all } sites of the wave failed; its rule allows { $limit } %.
rollout-halt-silent = { $n } of { $all } sites of the wave are silent; its rule allows { $limit } %. That is no failure; look at the lines.
rollout-if-stays = Nothing more is sent: { $n } sites that have no outcome yet keep what they run.
rollout-if-wave = Wave { $wave } begins by itself at { $n } sites.
rollout-if-waits = Wave { $wave } goes on; { $n } sites have no outcome yet.
rollout-if-left = { $n } sites need somebody; nothing else is left.
rollout-if-undecided = A person decides: roll back, try again, leave the site out, or continue. Until then the rollout stays open.
rollout-by-people = { $n ->
        [one] One site has an agent, but this release has no package for it: nothing is ordered there. People install it and report.
       *[other] { $n } sites have an agent, but this release has no package for it: nothing is ordered there. People install it and report.
    }
rollout-no-order-package-missing = no package in this release: people install and report
rollout-no-order-platform-unknown = not yet: the agent has not told its platform; packages for { $offers }
rollout-no-order-platform-unfit = not yet: the site is { $here }; packages for { $offers }
action-kind-install = Install
action-kind-rollback = Rollback
action-number = Order { $n }
action-window = Window
action-ordered = Ordered
action-heard = Last heard
action-closed = Ended
action-stages = Stages
action-log = Run log
action-silent = The agent has said nothing about it yet.
action-about = About this order
action-clock = The clock of the site is more than five minutes off; times are ours.
agent-health = Health
agent-program = Program
agent-enrolled = Enrolled
agent-token = Token
agent-token-good = Valid
agent-token-revoked = Revoked { $at }
agent-revoked = Revoked
agent-consent = Consent
agent-consent-asks = The site is asked if it wants that
agent-consent-no = Orders do not wait for consent
agent-silent-text = A silent agent is no failure: the machine may be off or the line may be down. Nothing is counted as failed.
agent-drift = { $n } installed files were changed
agent-no-drift = Installed files are as installed, { $at }
agent-facts = What it knows of its machine
agent-revoke = Revoke the agent
agent-revoke-text = Its token is good no more at once. The program at the site goes on with what runs; it gets no orders.
agent-enroll = Enroll an agent
agent-enroll-again = Enroll anew
agent-enroll-text = An agent installs by itself in the window of the site, checks itself, and goes back by itself when a check fails.
agent-enroll-paste = Paste this line at the machine of the site:
agent-enroll-once = Shown only now. Good for one agent, for 24 hours.
agent-actions = Orders to the agent
agent-actions-none = No order yet.
parameter-title = Parameters
parameter-none = No product here takes parameters.
parameter-set = Set a parameter
parameter-name = Name
parameter-value = Value
parameter-unset = not set
parameter-default = default: { $value }
parameter-missing = Must be set before an update
parameter-secret = Lives at the site: set it there with roadbook-agent.
parameter-hint = Secrets never come here: they are set at the site with its agent.
package-title = Packages
package-question = What may be installed, and who signed it?
package-none = No package yet. Build and sign one with “roadbook package build”.
package-upload = Upload a package
package-upload-hint = A signed .rbpkg file. It is refused if a digest or a signature is wrong.
package-from = Comes from
package-platform = Platform
package-counter = Counter
package-threshold = Signatures needed
package-files = Files
package-parameters = Parameters
package-parameter-required = required
package-parameter-secret = secret, at the site
package-loses = A rollback loses
package-hooks = What is run, in order
package-by = { $name }, { $at }
package-verified = Signatures verified
package-plain = A file for another kind of client
package-expires = installed until { $at } at the latest
package-expired = expired { $at }
package-manifest = Manifest
package-paper-add = Attach a paper
package-paper-kind = Kind
package-paper-sbom = Bill of materials (SBOM)
package-paper-initial_data = Initial data of the database
package-paper-provenance = Provenance
package-paper-changes = Change list
package-paper-notes = Release notes
package-one-question = What is in it, who signed it, and what does going back lose?
package-hook-step = Step
package-hook-runs = Runs
package-hook-time = At most
package-hook-again = If cut off
package-again-safe = runs again
package-again-ask = the site is asked
package-again-never = goes back
package-file-list = Files, as signed
package-parameter-none = It takes no parameters.
package-papers = Papers
package-papers-none = No paper is attached.
package-signatures = Signatures
key-title = Release keys
key-text = The server knows only the public halves. The secret half is made and kept offline with “roadbook key new”.
key-none = No key: nothing of this product can be uploaded as verified.
key-valid = Believed
key-retired = retired key
key-retired-at = Retired { $at }
key-fingerprint = Fingerprint
key-retire = Retire this key
key-retire-text = Packages that only this key signed are uploaded no more. Agents keep the keys they were enrolled with until the set is rotated.
key-add = Add a key
key-public = Public key
key-public-hint = One line that begins with RW, as “roadbook key new” prints it.
key-comment = Whose key it is
key-director = Director's key of this server
key-director-text = Agents pin it when they enroll. It says who gets what; it cannot sign packages.
key-page = Keys
key-question = Who may sign packages, and whom do agents believe?
key-all = All keys and key sets
key-sets = Key sets
key-set-text = Agents believe a new set only when enough keys of the one before have signed it. A set has no date of expiry: it holds until the next one. Packages have their own.
key-set-none = No set was published: agents believe the keys that were named when they were enrolled.
key-set-publish = To replace keys: “roadbook key rotate” offline, then
key-set-everything = for every product
key-set-needs = { $n } of { $all } keys must sign
key-set-valid = In force
key-set-replaced = Replaced { $at }
key-set-first = pinned when a site is enrolled
key-set-signed = Signed by
key-set-published = Published
own-ready = { $version } is ready to be installed
own-ready-text = It is downloaded and verified. Nothing begins until you say yes.
own-ready-running = It is under way; this page follows it.
own-ready-window = It begins between { $from } and { $until }.
own-ready-loses = Going back would lose: { $what }
own-ready-yes = Yes, install it
own-ready-later = Not now
package-of-release = Package for { $version }
package-of-release-hint = What the agents of the sites install.
package-choose = Choose
package-upload-wrong = This package is refused: { $why }
live-agents = At the sites
live-agents-none = No agent works now.
