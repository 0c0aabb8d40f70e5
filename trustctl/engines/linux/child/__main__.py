"""Entry of the child process. gevent patches before anything else is imported (docs/sources.md P13)."""

from gevent import monkey

monkey.patch_all()

from trustctl.engines.linux.child.serve import main  # noqa: E402 - after the patch

if __name__ == "__main__":
    main()
