from training.actions.certificates import make_certificate_again, store_certificate
from training.actions.learning import answer, begin, begin_anew, finish_page

__all__ = ["answer", "begin", "begin_anew", "finish_page", "make_certificate_again", "store_certificate"]
