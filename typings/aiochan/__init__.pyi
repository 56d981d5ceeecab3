from .channel import Chan as Chan
