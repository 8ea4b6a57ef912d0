import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

from django.conf import settings as portal_settings
from django.db import connection
from django.test import Client, RequestFactory

from foundation.accounts import clients, limits
from foundation.accounts.models import FailureCount, User
from tests.conftest import NOW
from tests.foundation.accounts.conftest import PASSWORD, code_now, give_password, page_of

LOCKED = "There were too many wrong tries. Wait 5 minutes and try again, or use a passkey, which always works."


def fail(client: Client, user: User, *, address: str = "192.0.2.1") -> list[str]:
    data = {"login": user.email, "password": "not the password at all"}
    return page_of(client.post("/accounts/sign-in/", data, REMOTE_ADDR=address)).errors


def test_after_five_failures_even_the_right_password_waits_five_minutes(person: User, time_machine: Any) -> None:
    time_machine.move_to(NOW, tick=False)
    for number in range(5):
        time_machine.shift(timedelta(seconds=10))
        fail(Client(), person, address=f"192.0.2.{number}")

    locked = page_of(give_password(Client(), person)).errors
    time_machine.shift(timedelta(minutes=5))
    later = give_password(Client(), person)

    assert locked == [LOCKED]
    assert later.status_code == 302


def test_the_same_lock_meets_an_address_that_is_nobodys(db: None) -> None:
    answers = [
        page_of(Client().post("/accounts/sign-in/", {"login": "nobody@example.org", "password": "x" * 12})).errors
        for _ in range(6)
    ]

    assert answers[5] == [LOCKED]
    assert answers[4] != [LOCKED]


def test_one_client_gets_ten_failures_a_minute_over_all_accounts(db: None) -> None:
    answers = []
    for number in range(11):
        data = {"login": f"person{number}@example.org", "password": "x" * 12}
        answers.append(page_of(Client().post("/accounts/sign-in/", data, REMOTE_ADDR="198.51.100.7")).errors)

    assert [answer == [LOCKED] for answer in answers] == [False] * 10 + [True]


def test_a_right_password_does_not_count(person: User) -> None:
    for _ in range(12):
        assert give_password(Client(), person).status_code == 302


def test_a_right_password_does_not_wipe_out_the_failures_before_it(person: User) -> None:
    for _ in range(4):
        fail(Client(), person)
    give_password(Client(), person)
    fail(Client(), person)

    assert page_of(give_password(Client(), person)).errors == [LOCKED]


def test_wrong_codes_are_limited_for_the_account(person: User, app_secret: str) -> None:
    client = Client()
    give_password(client, person)
    wrong = f"{(int(code_now(app_secret, steps=50)) + 1) % 1_000_000:06}"
    for number in range(5):
        client.post("/accounts/sign-in/second-factor/", {"code": wrong}, REMOTE_ADDR=f"192.0.2.{number}")

    page = page_of(client.post("/accounts/sign-in/second-factor/", {"code": code_now(app_secret)}))

    assert page.errors == [LOCKED]


def test_asking_for_a_passkey_is_never_limited(person: User) -> None:
    for _ in range(6):
        fail(Client(), person)

    answers = [Client().post("/accounts/sign-in/passkey/options/").status_code for _ in range(20)]

    assert answers == [200] * 20


def test_of_two_hundred_tries_at_once_from_four_processes_five_are_looked_at(committed: None) -> None:
    """Four processes of their own, fifty threads each: what four web workers would do."""
    script = (
        "import django; django.setup()\n"
        "from concurrent.futures import ThreadPoolExecutor\n"
        "from django.conf import settings\n"
        "from django.db import connection\n"
        "from django.utils import timezone\n"
        "from foundation.accounts import limits\n"
        f"connection.settings_dict['NAME'] = {connection.settings_dict['NAME']!r}\n"
        "settings.DATABASES['default']['NAME'] = connection.settings_dict['NAME']\n"
        "def one(number):\n"
        "    try:\n"
        "        return limits.take((limits.ACCOUNT, 'email:a@example.org'), now=timezone.now()) is not None\n"
        "    finally:\n"
        "        connection.close()\n"
        "with ThreadPoolExecutor(10) as pool:\n"
        "    print(sum(pool.map(one, range(50))))\n"
    )
    environment = os.environ | {"DJANGO_SETTINGS_MODULE": "prevent_portal.settings"}

    workers = [
        subprocess.Popen(
            [sys.executable, "-c", script], stdout=subprocess.PIPE, env=environment, cwd=portal_settings.BASE_DIR
        )
        for _ in range(4)
    ]
    looked_at = [int(worker.communicate(timeout=120)[0]) for worker in workers]

    assert sum(looked_at) == 5


def test_parallel_sign_ins_with_a_wrong_password_check_it_five_times_at_most(committed: None, person: User) -> None:
    def one(number: int) -> list[str]:
        try:
            return fail(Client(), person, address=f"192.0.2.{number}")
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(one, range(16)))

    assert sum(answer == [LOCKED] for answer in answers) == 11


def test_a_given_back_place_is_free_again(db: None) -> None:
    for _ in range(20):
        taken = limits.try_account(account="email:a@example.org", client="192.0.2.1", now=NOW)
        assert taken is not None
        taken.give_back()

    assert [row.times for row in FailureCount.objects.all()] == [[], []]


def test_counts_name_neither_person_nor_client(person: User) -> None:
    fail(Client(), person)

    kept = " ".join(FailureCount.objects.values_list("key", flat=True))
    assert person.email not in kept
    assert "192.0.2" not in kept


def test_old_counts_are_deleted(db: None) -> None:
    limits.take((limits.ACCOUNT, "old"), now=NOW - timedelta(hours=2))
    limits.take((limits.ACCOUNT, "new"), now=NOW)

    limits.forget_old(NOW)

    assert FailureCount.objects.count() == 1


def address(settings: Any, *, proxies: int, forwarded: str | None, remote: str = "10.0.0.9") -> str:
    settings.PROXY_COUNT = proxies
    headers = {"HTTP_X_FORWARDED_FOR": forwarded} if forwarded is not None else {}
    return clients.address(RequestFactory().get("/", REMOTE_ADDR=remote, **headers))


def test_without_proxies_a_forged_header_changes_nothing(settings: Any) -> None:
    assert address(settings, proxies=0, forwarded="203.0.113.5", remote="192.0.2.8") == "192.0.2.8"


def test_behind_a_proxy_only_what_the_proxy_wrote_counts(settings: Any) -> None:
    assert address(settings, proxies=1, forwarded="203.0.113.5, 192.0.2.8") == "192.0.2.8"
    assert address(settings, proxies=2, forwarded="203.0.113.5, 192.0.2.8, 10.0.0.2") == "192.0.2.8"


def test_a_header_too_short_for_our_proxies_is_not_believed(settings: Any) -> None:
    assert address(settings, proxies=2, forwarded="203.0.113.5") == "10.0.0.9"


def test_what_is_no_address_counts_as_one_unknown_client(settings: Any) -> None:
    assert address(settings, proxies=0, forwarded=None, remote="") == clients.UNKNOWN
    assert address(settings, proxies=1, forwarded="<script>") == clients.UNKNOWN


def test_an_ipv6_client_is_counted_by_its_network(settings: Any) -> None:
    settings.PROXY_COUNT = 0
    pair = [clients.network(RequestFactory().get("/", REMOTE_ADDR=f"2001:db8:1:2::{last}")) for last in ("1", "ffff")]

    assert pair == ["2001:db8:1:2::/64"] * 2


def test_a_forged_header_gives_no_more_tries(person: User, settings: Any) -> None:
    settings.PROXY_COUNT = 0
    answers = []
    for number in range(11):
        data = {"login": f"other{number}@example.org", "password": PASSWORD}
        response = Client().post("/accounts/sign-in/", data, HTTP_X_FORWARDED_FOR=f"203.0.113.{number}")
        answers.append(page_of(response).errors == [LOCKED])

    assert answers == [False] * 10 + [True]
