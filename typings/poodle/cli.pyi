from click import Command

main: Command
