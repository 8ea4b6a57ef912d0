from training.actions.bringing import (
    check_completions,
    confirm_completions,
    explain_columns,
    explain_names,
    put_completions_aside,
    put_completions_aside_by_the_clock,
    record_completions,
    take_confirmation_back,
    upload_completions,
    withdraw_completions,
    withdraw_import,
)
from training.actions.certificates import make_certificate_again, store_certificate
from training.actions.declaring import declare, take_back
from training.actions.learning import answer, begin, begin_anew, finish_page
from training.actions.recording import accept, record, record_for, refuse, withdraw
from training.actions.returns import correct_return, record_return

__all__ = [
    "accept",
    "answer",
    "begin",
    "begin_anew",
    "check_completions",
    "confirm_completions",
    "correct_return",
    "declare",
    "explain_columns",
    "explain_names",
    "finish_page",
    "make_certificate_again",
    "put_completions_aside",
    "put_completions_aside_by_the_clock",
    "record",
    "record_completions",
    "record_for",
    "record_return",
    "refuse",
    "store_certificate",
    "take_back",
    "take_confirmation_back",
    "upload_completions",
    "withdraw",
    "withdraw_completions",
    "withdraw_import",
]
