from .channel import Chan as Chan
from .channel import select as select
