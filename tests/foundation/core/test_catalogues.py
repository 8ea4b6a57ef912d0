from typing import Any

import pytest
from django.conf import settings
from django.utils import translation
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext, trans_real

CODES = [code for code, _name in settings.LANGUAGES]


@pytest.mark.parametrize("code", CODES)
@pytest.mark.parametrize("message", ["January", "Enter a valid date.", "A text that no catalogue knows"])
def test_a_message_is_what_the_chain_of_catalogues_says_the_first_time_and_after(code: str, message: str) -> None:
    chain: Any = trans_real.DjangoTranslation(code)

    with translation.override(code):
        found = [gettext(message), gettext(message)]

    assert found == [chain.gettext(message)] * 2


@pytest.mark.parametrize("code", CODES)
def test_a_message_is_looked_up_once_a_process(code: str) -> None:
    with translation.override(code):
        gettext("A text that is asked for twice")
        before = trans_real.translation(code).gettext.cache_info()
        gettext("A text that is asked for twice")
        after = trans_real.translation(code).gettext.cache_info()

    assert (after.hits - before.hits, after.misses - before.misses) == (1, 0)


def test_a_safe_text_does_not_make_the_same_text_safe_for_others() -> None:
    safe = gettext(mark_safe("<b>First</b>"))
    plain = gettext("<b>First</b>")

    assert isinstance(safe, SafeString)
    assert type(plain) is str
