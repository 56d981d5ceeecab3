from ._channel import Channel
from ._create_multiple import create_multiple as create_multiple

def create_channel(buffer: int = ...) -> Channel: ...
