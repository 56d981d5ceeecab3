from .chan import Channel as Channel
