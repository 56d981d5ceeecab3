"""Right use: what type checkers must see. Four of them read these files; nothing runs them."""
