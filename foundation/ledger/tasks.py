from celery import shared_task


@shared_task(name="ledger.seal")
def seal(**_later: object) -> None:
    from foundation.ledger import sealing  # noqa: PLC0415 -- leaf

    sealing.seal()


@shared_task(name="ledger.verify")
def verify(**_later: object) -> None:
    from foundation.ledger import verification  # noqa: PLC0415 -- leaf

    verification.verify()
