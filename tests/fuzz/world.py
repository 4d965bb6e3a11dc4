"""An organization over HTTP, and one valid call of every operation: the warm-up before anything is invented."""

import datetime
import hashlib
import json
import pathlib

HERE = pathlib.Path(__file__).resolve().parent
# Mails wait out the night of whoever gets them; here it is about noon whenever this runs.
ZONE = "Etc/GMT{:+d}".format(datetime.datetime.now(datetime.timezone.utc).hour - 12)
PASSWORD = "seven green bicycles"
FOUR = {"en": "Change", "ko": "변경", "vi": "Thay đổi", "zh": "变更"}
PLAN = "# Plan\n\n## What changes\n\nExport.\n\n## The way back\n\nRestore.\n"
FILE = b"not a package of ours, and installed all the same"
PACKAGE = hashlib.sha256(FILE).hexdigest()


def moment(**delta):
    """A moment so far from now."""
    at = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(**delta)
    return at.strftime("%Y-%m-%dT%H:%M:%SZ")


class World:
    """Who and what there is; `tokens` by name, ids by kind."""

    def __init__(self, api):
        self.api = api
        self.tokens = {}
        self.people = {}
        self.versions = iter(f"V1.{minor}.0.0001" for minor in range(1, 99))

    def sign_in(self, login, password=PASSWORD):
        """A token of a new session."""
        return self.api.must(None, "sign_in", {"login": login, "password": password})["token"]

    def person(self, login, roles):
        """Somebody with roles everywhere, signed in."""
        admin = self.tokens["admin"]
        body = {"name": f"{login} Kim", "login": login, "lang": "ko", "zone": ZONE}
        person = self.api.must(admin, "create_person", body)["id"]
        for role in roles:
            self.api.must(admin, "grant_role", {"role": role, "scope": "all"}, person=person)
        secret = self.api.must(admin, "invite_person", person=person)["secret"]
        self.api.must(None, "set_password", {"link": secret, "password": PASSWORD})
        self.people[login] = person
        self.tokens[login] = self.sign_in(login)

    def found(self, code):
        """Sets up: people, units, products, sites, processes."""
        setup = {"code": code, "organization": "Hanbada", "zone": ZONE, "lang": "en", "name": "Oh Haneul"}
        self.api.must(None, "get_setup")
        made = self.api.must(None, "set_up", {**setup, "login": "admin", "password": PASSWORD})
        self.people["admin"] = made["id"]
        admin = self.tokens["admin"] = self.sign_in("admin")
        self.person("manager", ["manager", "release_lead", "release_manager"])
        self.person("approver", ["member", "approver"])
        self.person("engineer", ["member", "engineer", "tester", "process_owner"])
        self.person("leaver", ["member"])
        self.root = self.api.must(admin, "list_units")[0]["id"]
        unit = {"name": "Service", "kind": "department", "parent": self.root, "zone": ZONE}
        self.unit = self.api.must(admin, "create_unit", unit)["id"]
        self.api.must(admin, "edit_unit", {**unit, "name": "Services"}, unit=self.unit)
        manager = self.tokens["manager"]
        erp = {"key": "erp", "name": "Hanbada ERP"}
        self.product = self.api.must(manager, "create_product", erp)["id"]
        self.api.must(manager, "edit_product", {**erp, "description": "Plans"}, product=self.product)
        self.sites = [self.site(number) for number in range(1, 5)]
        text = (HERE / "drill.toml").read_text(encoding="utf-8")
        engineer = self.tokens["engineer"]
        self.api.must(engineer, "check_process", {"text": text})
        self.api.must(engineer, "publish_process", {"text": text, "note": "first edition"})
        text = (HERE / "members.toml").read_text(encoding="utf-8")
        self.api.must(engineer, "publish_process", {"text": text, "note": "first edition"})

    def site(self, number):
        """A site with a contact and its link."""
        manager = self.tokens["manager"]
        body = {"key": f"site-{number}", "name": f"Plant {number}", "zone": ZONE, "lang": "ko"}
        body["tags"] = ["plant", "pilot"] if number == 1 else ["plant"]
        site = self.api.must(manager, "create_site", body)["id"]
        self.api.must(manager, "edit_site", {**body, "customer": "Hanbit"}, site=site)
        contact = {"name": "Jung", "email": f"jung@site-{number}.example", "lang": "ko", "kind": "admin"}
        made = self.api.must(manager, "add_contact", contact, site=site)["id"]
        self.api.must(manager, "edit_contact", {**contact, "name": "Jung Mi"}, contact=made)
        link = self.api.must(manager, "make_site_link", contact=made)["secret"]
        since = {"product": self.product, "version": "V1.0.0.0001", "since": moment(days=-90), "evidence": "about box"}
        self.api.must(manager, "set_site_version", since, site=site)
        return {"site": site, "contact": made, "link": link}

    def step_up(self, who):
        """A fresh proof, for signatures."""
        self.api.must(self.tokens[who], "step_up", {"password": PASSWORD})

    def release(self, process):
        """A new release under way."""
        manager = self.tokens["manager"]
        body = {
            "product": self.product,
            "process": process,
            "version": next(self.versions),
            "title": "Spring",
            "kind": "upgrade",
            "items": [{"title": FOUR, "kind": "feature"}],
            "requirements": FOUR,
            "lead": "manager",
        }
        release = self.api.must(manager, "create_release", body)["id"]
        self.api.must(manager, "start_release", release=release)
        return release

    def step(self, release, step):
        """A step of a release as it stands."""
        detail = self.api.must(self.tokens["manager"], "get_release", release=release)
        return next(it for it in detail["steps"] if it["id"] == step)

    def drill(self):
        """Carries a release from its plan to its end."""
        api, manager = self.api, self.tokens["manager"]
        approver, engineer = self.tokens["approver"], self.tokens["engineer"]
        release = self.release("drill/all")
        at = {"release": release}
        api.must(manager, "set_release_slot", {"start": moment(seconds=4), "end": moment(hours=2)}, **at)
        api.must(manager, "set_release_field", {"field": "relogin", "value": True}, **at)
        api.must(manager, "begin_step", step="plan", **at)
        api.must(manager, "draft_document", document="rollback_plan", query={"lang": "ko"}, **at)
        api.must(manager, "write_document", {"text": PLAN}, document="rollback_plan", **at)
        file = {"query": {"name": "plan.pdf", "note": "signed"}, "data": b"%PDF-1.7\n%%EOF\n", "media": "application/pdf"}
        api.must(engineer, "upload_document", document="report", **file, **at)
        api.must(manager, "write_document", {"text": PLAN + "More.\n", "note": "more"}, document="rollback_plan", **at)
        papers = api.must(manager, "get_document", document="rollback_plan", **at)
        label = papers["revisions"][0]["label"]
        api.must(manager, "download_document", document="rollback_plan", revision=label, **at)
        api.must(manager, "control_document", document="rollback_plan", **at)
        api.must(manager, "finish_step", {"remark": "written"}, step="plan", **at)
        api.must(engineer, "answer_check", {"yes": True}, step="test", check="works", **at)
        report = api.must(approver, "get_document", document="report", **at)
        self.step_up("approver")
        sign = {"role": "approver", "meaning": "accepted", "digest": report["digest"]}
        api.must(approver, "sign_document", sign, document="report", **at)
        api.must(manager, "hold_release", {"reason": "storm"}, **at)
        api.must(manager, "resume_release", {"reason": "over"}, **at)
        api.must(engineer, "finish_step", step="test", **at)
        api.must(engineer, "give_opinion", {"stance": "for", "text": "tests passed"}, step="opinions", **at)
        api.must(manager, "decide_step", {"outcome": "go"}, step="decision", **at)
        api.must(approver, "list_todo")
        api.must(approver, "list_todo_reviews")
        self.fleet()
        api.must(manager, "preview_rollout", **at)
        package = {"name": "erp.tar.gz", "sha256": PACKAGE}
        api.must(self.tokens["manager"], "edit_release", {"packages": [package]}, **at)
        digest = self.step(release, "approve")["digest"]
        api.must(approver, "vote_step", {"verdict": "approve", "digest": digest, "comment": "read"}, step="approve", **at)
        return release

    def go_live(self, release):
        """Tells everybody, works, asks the sites, fails, goes back, closes."""
        api, manager, engineer = self.api, self.tokens["manager"], self.tokens["engineer"]
        at = {"release": release}
        told = lambda list: any(it["id"] and it["state"] not in ("planned", "waiting") for it in list)
        notices = api.until(manager, "list_notices", told, **at)
        api.must(manager, "list_recipients", step="tell", **at)
        api.must(manager, "preview_step_notice", query={"lang": "ko"}, step="tell", **at)
        notice = next(it["id"] for it in notices if it["step"] == "tell")
        api.must(manager, "get_notice", notice=notice)
        api.must(manager, "preview_notice", query={"lang": "vi"}, notice=notice)
        board = api.until(engineer, "list_board", lambda list: any(it["asked"] for it in list))
        asked = next(it["notice"] for it in board if it["asked"])
        api.must(engineer, "acknowledge_notice", notice=asked)
        talk = {"channel": "phone", "notes": "ready", "readiness": "ready"}
        talked = set()

        def ready(it):
            # Talks come as the server gets to them, one by one on a busy machine.
            for line in api.must(engineer, "list_talks", **at):
                if line["id"] not in talked:
                    api.must(engineer, "finish_talk", talk, talk=line["id"])
                    talked.add(line["id"])
            return next(one for one in it["steps"] if one["id"] == "operate")["state"] in ("ready", "active")

        api.until(engineer, "get_release", ready, **at)
        api.must(engineer, "begin_step", step="operate", **at)
        for line in ("backup", "deploy"):
            for act in ("begin", "done" if line == "backup" else "fail"):
                api.must(engineer, "act_on_sheet", {"line": line, "act": act, "found": "disk full"}, step="operate", **at)
        api.must(engineer, "choose_way", {"choice": "remedy", "reason": "disk full"}, step="operate", **at)
        for line, act in (("deploy", "begin"), ("deploy", "done")):
            api.must(engineer, "act_on_sheet", {"line": line, "act": act, "found": "disk full"}, step="operate", **at)
        api.must(engineer, "finish_step", step="operate", **at)
        first, second = self.sites[0]["site"], self.sites[1]["site"]
        contact = self.sites[0]["link"]
        for name in ("list_sites", "list_matrix"):
            api.must(contact, name)
        for name in ("get_site", "list_site_releases"):
            api.must(contact, name, site=first)
        api.must(contact, "get_site_release", site=first, **at)
        api.must(contact, "confirm_site", site=first, **at)
        api.must(contact, "decide_site", {"decision": "accept"}, site=first, **at)
        api.must(manager, "decide_site", {"decision": "decline", "reason": "year end"}, site=second, **at)
        api.must(manager, "check_package", sha256=PACKAGE, **at)
        self.rollout(release)
        api.must(contact, "give_feedback", {"success": "yes", "rating": 5}, site=first, **at)
        api.must(manager, "finish_step", step="close", **at)
        api.must(manager, "get_release_evidence", **at)
        api.must(manager, "close_release", {"code": "partial", "remark": "one site went back"}, **at)
        self.closed = release

    def fleet(self):
        """Files that sites install, the keys that sign them, and an agent that comes and goes."""
        api, manager, product = self.api, self.tokens["manager"], self.product
        file = {"query": {"name": "erp.tar.gz", "kind": "file", "version": "V1.1.0.0001"}, "data": FILE}
        api.must(manager, "upload_artifact", **file, media="application/octet-stream", product=product)
        at = {"sha256": PACKAGE}
        parts = {"query": {"name": "parts.json", "kind": "sbom"}, "data": b'{"parts":[]}'}
        api.must(manager, "attach_paper", **parts, media="application/octet-stream", **at)
        paper = api.must(manager, "get_artifact", **at)["papers"][0]["sha256"]
        api.must(manager, "download_artifact", **at)
        api.must(manager, "download_paper", paper=paper, **at)
        public = api.must(manager, "get_director_key")["public_key"]
        key = api.must(manager, "add_release_key", {"public_key": public, "comment": "old"}, product=product)["id"]
        api.must(manager, "retire_release_key", {"reason": "lost"}, product=product, key=key.split("/")[-1])
        keys = json.dumps({"format": 1, "product": "*", "version": 1, "keys": [public], "threshold": 1})
        api.must(manager, "publish_key_set", {"body": keys}, product=product)
        api.must(manager, "list_key_sets", product=product)
        site = self.sites[1]["site"]
        token = api.must(manager, "make_agent_token", site=site)["secret"]
        come = {"token": token, "public_key": public, "program": "roadbook-agent 0.1.0"}
        api.must(None, "enroll_agent", come)
        api.must(manager, "get_agent", site=site)
        api.must(manager, "list_agents")
        for name in ("list_artifacts", "list_release_keys"):
            api.must(manager, name, product=product)
        api.must(manager, "revoke_agent", {"reason": "moved"}, site=site)

    def rollout(self, release):
        """Reports from sites, one of them bad; leaving one out, the way back, and on again."""
        api, manager, at = self.api, self.tokens["manager"], {"release": release}
        contact, first = self.sites[0]["link"], self.sites[0]["site"]
        third, fourth = self.sites[2]["site"], self.sites[3]["site"]
        report = {"outcome": "installed", "evidence": "about box"}
        api.must(contact, "report_site_deployment", report, site=first, **at)
        api.until(manager, "list_rollouts", lambda it: it["rows"])
        api.must(manager, "get_rollout", **at)
        for name in ("list_rollout_sites", "preview_rollback"):
            api.must(manager, name, **at)
        api.must(manager, "hold_rollout", {"reason": "storm"}, **at)
        api.must(manager, "resume_rollout", {"reason": "over"}, **at)
        told = lambda outcome: {"site": third, "outcome": outcome, "evidence": "about box"}
        api.must(manager, "report_deployment", told("failed"), **at)
        api.must(manager, "retry_rollout_site", {"site": third, "reason": "disk was full"}, **at)
        api.must(manager, "report_deployment", told("installed"), **at)
        api.must(manager, "roll_back", {"site": third, "reason": "slow"}, **at)
        api.must(manager, "report_deployment", told("rolled_back"), **at)
        # Lifted while a site is still open: with the last answer the rollout is over.
        api.must(manager, "lift_rollout", {"reason": "seen"}, **at)
        api.must(manager, "skip_rollout_site", {"site": fourth, "reason": "closed"}, **at)

    def members(self):
        """Steps with members, that begin by themselves, that grow and that fail."""
        api, manager = self.api, self.tokens["manager"]
        at = {"release": self.release("drill/members")}
        api.must(manager, "act_on_member", {"member": "c1", "act": "done"}, step="each_change", **at)
        api.must(manager, "add_item", {"id": "fast", "ask": "Is it fast?"}, step="checks", **at)
        api.must(manager, "raise_event", {"event": "issue.raised", "what": "I-7"}, **at)
        api.must(manager, "fail_step", {"reason": "does not compile"}, step="build", **at)

    def editing(self):
        """A process is drafted, reviewed and put into force; a release goes over to its new revision."""
        api, admin, manager = self.api, self.tokens["admin"], self.tokens["manager"]
        engineer, drill = self.tokens["engineer"], {"process": "drill/all"}
        release = self.release("drill/all")
        text = (HERE / "drill.toml").read_text(encoding="utf-8")
        for turn in ("Drill again", "Drill once more"):
            draft = {"text": text.replace('en = "Drill"', f'en = "{turn}"'), "note": turn}
            api.must(engineer, "save_process_draft", draft, **drill)
            api.must(engineer, "get_process_draft", **drill)
            api.must(engineer, "list_process_drafts")
            if turn == "Drill again":
                api.must(engineer, "submit_process_draft", {}, **drill)
                api.must(admin, "return_process_draft", {"remark": "say why"}, **drill)
                api.must(engineer, "drop_process_draft", {}, **drill)
        api.must(engineer, "submit_process_draft", {}, **drill)
        api.must(admin, "approve_process_draft", {"remark": "good"}, **drill)
        api.must(engineer, "apply_processes", {"texts": [draft["text"]], "note": "from files"})
        seen = api.must(manager, "preview_migration", release=release)["preview"]
        api.must(manager, "migrate_release", {"reason": "new title", "preview": seen}, release=release)
        api.must(manager, "simulate_process", {"go_live": moment(days=60)}, **drill)
        # A number that a dropped draft had is not given again.
        holds = api.must(manager, "get_process", **drill)["shown"]["revision"]
        between = {"from": "1", "to": str(holds), "release": self.closed}
        api.must(manager, "compare_process", query=between, **drill)

    def others(self):
        """What a release does not need: lists, calendars, accounts, and the orders that end things."""
        api, admin, manager = self.api, self.tokens["admin"], self.tokens["manager"]
        engineer = self.tokens["engineer"]
        for name in ("get_health", "get_ready", "get_openapi"):
            api.must(None, name)
        for name in ("get_me", "list_releases", "list_people", "list_products", "list_sites", "list_matrix"):
            api.must(manager, name)
        api.must(manager, "list_processes")
        for name in ("get_process", "export_process"):
            api.must(manager, name, process="drill/all")
        api.must(manager, "diff_process", process="drill/all", query={"from": "1", "to": "1"})
        api.must(manager, "list_process_settings", process="drill/all")
        strict = {"process": "drill/all", "setting": "strict"}
        api.must(manager, "set_process_setting", {"value": "false", "product": "erp"}, **strict)
        api.must(manager, "set_process_setting", {"product": "erp"}, **strict)
        api.must(manager, "get_site", site="site-1")
        api.must(manager, "get_product", product="erp")
        api.must(manager, "explain_next_version", product="erp", query={"level": "minor"})
        api.must(manager, "set_authorizers", {"people": [self.people["approver"]]}, product="erp")
        api.must(manager, "add_roadmap_entry", {"number": "V2.0.0.0001", "theme": "Mobile"}, product="erp")
        planned = api.must(manager, "get_product", product="erp")["roadmap"][0]["number"]
        api.must(manager, "remove_roadmap_entry", product="erp", number=planned)
        self.editing()
        self.members()
        self.lists(admin)
        self.installation(admin)
        self.calendar(manager, engineer)
        self.accounts(admin)
        self.letters(admin, manager)
        api.call(manager, "list_events", query={"topic": "home"}).close()
        release = self.release("drill/all")
        at = {"release": release}
        api.must(manager, "edit_release", {"title": "Summer"}, **at)
        api.must(manager, "edit_window", {"capacity": 9}, window="weekend-evenings")
        api.must(manager, "list_participants", **at)
        api.must(manager, "set_participants", {"people": ["engineer"]}, role="engineer", **at)
        api.must(manager, "get_plan", **at)
        for name in ("get_extract", "download_extract"):
            api.must(manager, name, extract="tasks", **at)
        api.must(manager, "ask_what_if", query={"start": moment(days=2), "end": moment(days=2, hours=1)}, **at)
        api.must(manager, "delegate_step", {"to": self.people["engineer"]}, step="plan", **at)
        api.must(manager, "override_step", {"reason": "known"}, step="plan", **at)
        api.must(manager, "cancel_release", {"reason": "no budget"}, **at)

    def lists(self, admin):
        """Lists that come in as CSV."""
        rows = {
            "import_units": "key,name,parent\nfield,Field,\n",
            "import_people": "login,name,lang\nminh,Minh Tran,vi\n",
            "import_sites": "key,name,lang\nhue,Hue,vi\n",
            "import_contacts": "site,name,lang\nhue,Lan,vi\n",
        }
        for name, text in rows.items():
            self.api.must(admin, name, query={"dry_run": "true"}, data=text.encode(), media="text/csv")
            self.api.must(admin, name, data=text.encode(), media="text/csv")

    def installation(self, admin):
        """How the installation is, and what the public knows."""
        api = self.api
        first = api.must(admin, "list_record", query={"limit": "5"})
        api.must(admin, "list_record", query={"cursor": first["next"]})
        faults = api.must(admin, "check_record")["faults"] + api.must(admin, "check_installation")["findings"]
        if faults:
            raise SystemExit(f"error: the self-check found {faults}")
        api.must(admin, "test_mail", {"to": "oh@hanbada.example", "lang": "ko"})
        api.must(None, "list_feed")

    def calendar(self, manager, owner):
        """Windows and freezes."""
        api = self.api
        first = api.must(manager, "get_calendar")["windows"][0]
        keeper = {"role": first["owner_role"], "scope": "all"}
        api.must(self.tokens["admin"], "grant_role", keeper, person=self.people["engineer"])
        api.must(owner, "edit_window", {"capacity": 3}, window=first["key"])
        slot = {"start": moment(days=2), "end": moment(days=2, hours=1)}
        api.must(manager, "explain_slot", query=slot)
        freeze = {"from": moment(days=400), "until": moment(days=401), "reason": "year end"}
        made = api.must(owner, "add_freeze", freeze)["id"]
        api.must(owner, "lift_freeze", freeze=made)

    def accounts(self, admin):
        """People and their sessions."""
        api, leaver = self.api, self.people["leaver"]
        api.must(admin, "get_person", person=leaver)
        body = {"name": "Leaver Kim", "login": "leaver", "lang": "ko", "zone": ZONE}
        api.must(admin, "edit_person", body, person=leaver)
        away = api.must(admin, "add_absence", {"from": "2027-03-01", "to": "2027-03-05"}, person=leaver)["id"]
        api.must(admin, "remove_absence", person=leaver, absence=away)
        deputy = self.people["engineer"]
        api.must(admin, "name_deputy", {"deputy": deputy, "until": moment(days=9)}, person=leaver)
        api.must(admin, "end_deputy", person=leaver, deputy=deputy)
        api.must(admin, "revoke_role", {"role": "member", "scope": "all"}, person=leaver)
        first, second = self.tokens["leaver"], self.sign_in("leaver")
        sessions = api.must(second, "list_sessions")
        api.must(second, "end_session", session=sessions[-1]["id"])
        alive = next(it for it in (first, second) if api.call(it, "get_me").status_code == 200)
        api.must(alive, "change_password", {"old": PASSWORD, "new": PASSWORD + "!"})
        api.must(self.sign_in("leaver", PASSWORD + "!"), "sign_out")
        api.must(admin, "set_person_active", {"active": False}, person=leaver)

    def letters(self, admin, manager):
        """What could not be delivered."""
        api = self.api
        refused = lambda list: [it["id"] for it in list if it["address"].endswith("@site-4.example")]
        dead = refused(api.until(manager, "list_dead_letters", refused))[0]
        api.must(manager, "retry_delivery", delivery=dead)
        dead = refused(api.until(manager, "list_dead_letters", refused))[0]
        api.must(manager, "discard_delivery", {"reason": "wrong address"}, delivery=dead)
        api.must(admin, "release_outbox")

    def known(self):
        """Ids that exist, and a token, for each of the three who are played."""
        api, manager = self.api, self.tokens["manager"]
        releases = [self.release("drill/all"), self.release("starter/release")]
        api.must(manager, "set_release_slot", {"start": moment(days=5), "end": moment(days=5, hours=2)}, release=releases[0])
        steps = [it["id"] for it in api.must(manager, "get_release", release=releases[0])["steps"]]
        notices = [it["notice"] for it in api.must(self.tokens["engineer"], "list_board")]
        ended = [it["id"] for it in api.must(manager, "list_releases")["rows"]]
        sites = [it["site"] for it in self.sites]
        pool = {
            "release": releases + ended,
            "step": [*steps, "tell", "plan", "test"],
            "check": ["works", "signed"],
            "document": ["rollback_plan", "report", "release_plan"],
            "revision": ["A0", "A1"],
            "process": ["drill/all", "starter/release"],
            "setting": ["strict"],
            "extract": ["tasks", "changes", "address_book"],
            "unit": [self.unit, self.root],
            "person": [self.people["engineer"], self.people["leaver"]],
            "product": [self.product, "erp"],
            # The first site's contact is who plays the contact: its link has to live.
            "site": sites,
            "contact": [it["contact"] for it in self.sites[1:]],
            "notice": notices,
            "role": ["engineer", "approver"],
            "deputy": [self.people["engineer"]],
        }
        pool["fields"] = {
            **{key: pool[key] for key in ("release", "product", "site", "process", "unit")},
            "zone": ["Asia/Seoul", "Asia/Ho_Chi_Minh"],
            "lang": ["en", "ko", "vi", "zh"],
            "kind": ["upgrade", "department"],
            "start": [moment(days=6)],
            "end": [moment(days=6, hours=1)],
            "from": [moment(days=300), "2027-04-01"],
            "until": [moment(days=301)],
            "to": ["2027-04-02", self.people["engineer"]],
            "at": [moment(days=7)],
            "since": [moment(days=-3)],
            "decision": ["accept", "postpone", "decline"],
            "success": ["yes", "partly", "no"],
            "outcome": ["installed", "failed", "go"],
            "verdict": ["approve", "reject"],
            "stance": ["for", "against"],
            "yes": [True, False],
            "rating": [1, 5],
            "lead": ["manager"],
            "text": [PLAN],
            "field": ["relogin"],
            "value": [True],
            "version": ["V1.0.0.0001"],
            "scheme": [None],
            "tags": [["plant"]],
            "level": ["minor"],
        }
        tokens = {who: (self.tokens[who], self.sign_in(who)) for who in ("manager", "approver")}
        tokens["contact"] = (self.sites[0]["link"], self.sites[3]["link"])
        known = {who: {**pool, "token": token, "spare": spare} for who, (token, spare) in tokens.items()}
        known["contact"]["site"] = [sites[0], "site-1", sites[0], sites[1]]
        return known
