"""The smallest pipeline: one step, deployed once, called as often as you like."""

from dataflow import INPUT, step


@step
def echo(message: str) -> str:
    return message


def main() -> None:
    with echo(INPUT).deploy() as pipeline:
        print(pipeline.call("hello"))
        print(list(pipeline.stream(["one", "two", "three"])))


if __name__ == "__main__":
    main()
