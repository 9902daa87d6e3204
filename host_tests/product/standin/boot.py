import board

board.make_safe()
