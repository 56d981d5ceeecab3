from .chan import Channel as Channel
from .chan import chanselect as chanselect
