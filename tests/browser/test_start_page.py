"""The start page: for the person's own browser, and once."""

import httpx

from .person import heading, press

ELSEWHERE = "http://elsewhere.example/"
# What a page that the person happens to visit can try.
ATTEMPTS = {
    "location": "location = start",
    "window": "open(start, '', 'popup')",
    "link": """
        const link = Object.assign(document.createElement('a'), {href: start});
        document.body.append(link);
        link.click();
    """,
    "form": """
        const form = Object.assign(document.createElement('form'), {action: start});
        document.body.append(form);
        form.submit();
    """,
    "frame": """
        const frame = Object.assign(document.createElement('iframe'), {src: start});
        document.body.append(frame);
    """,
    "image": "Object.assign(new Image(), {src: start})",
    "fetch": "fetch(start, {mode: 'no-cors', credentials: 'include'}).catch(() => 0)",
    "prefetch": """
        const link = document.createElement('link');
        document.head.append(Object.assign(link, {rel: 'prefetch', href: start}));
    """,
}


def visit_elsewhere(someone, start, script):
    """Open another site's page that runs *script*; return tab and statuses."""
    statuses = []
    page = {"content_type": "text/html", "body": "<body>A page"}

    def finished(request):
        if request.url.rstrip("?") == start:
            statuses.append(request.response().status)

    def failed(request):
        if request.url.rstrip("?") == start:
            statuses.append(None)

    someone.context.route(f"{ELSEWHERE}**", lambda route: route.fulfill(**page))
    someone.context.on("requestfinished", finished)
    someone.context.on("requestfailed", failed)
    tab = someone.open(ELSEWHERE)
    tab.evaluate(f"start => {{ {script} }}", start)
    other = someone.blank()
    while not statuses:
        other.wait_for_timeout(20)
    return tab, statuses


def test_another_site_cannot_start_the_login(connect, person):
    login = connect()
    for name, attempt in ATTEMPTS.items():
        someone = person()
        _, statuses = visit_elsewhere(someone, login.address, attempt)
        # None: Chromium itself did not let the page have the reply.
        assert set(statuses) <= {403, None}, name

    tab = someone.open(login.address)  # the person's own navigation still counts
    press(tab, "continue")
    assert heading(tab) == "Authorization received"
    assert login.end()[0] == 0


def test_the_person_is_told_how_to_go_on_when_another_site_led_there(connect, person):
    login = connect()
    someone = person()
    tab, statuses = visit_elsewhere(someone, login.address, ATTEMPTS["location"])

    assert statuses == [403]
    assert tab.inner_text("h1") == "Not opened by you"
    assert tab.url == login.address
    press(someone.open(tab.url), "continue")
    assert login.end()[0] == 0


def test_opened_twice_it_is_void_and_the_long_address_goes_on(connect, person):
    login = connect()
    someone = person()
    first = someone.open(login.address)
    second = someone.open(login.address)
    assert second.inner_text("h1") == "This address works once"
    assert "Open the long address" in second.inner_text("main")

    press(first, "continue")
    assert heading(first) == "Not the expected answer"
    tab = someone.open(login.long_address)
    press(tab, "continue")
    assert heading(tab) == "Authorization received"
    assert login.end()[0] == 0


def test_a_provider_login_that_is_opened_twice_is_stopped(shell, stack, person):
    shell.env |= {"SUPABASE_URL": stack.url, "SUPABASE_KEY": stack.publishable_key}
    with shell.start("login", "--provider", "google", "--no-browser") as login:
        start = login.until(r"http://127\.0\.0\.1:\d+/")[0]
        assert httpx.get(start).has_redirect_location  # another program
        tab = person().open(start)
        assert tab.inner_text("h1") == "The login was stopped"
        assert "Run the command in the terminal again" in tab.inner_text("main")
        code, out, err = login.end()

    assert (code, out) == (4, "")
    assert "opened twice" in err
    assert "Run the command again" in err
    assert shell.run("whoami").returncode == 4
