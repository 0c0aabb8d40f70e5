"""Entry of the child process. gevent patches before anything else is imported (docs/sources.md P13)."""

import sys
from typing import cast

from gevent import monkey

monkey.patch_all()
# paramiko takes `invoke` for `Match exec` of an ssh_config, which we never read: a quarter of its import
cast("dict[str, object]", sys.modules)["invoke"] = None  # None: shall not be imported

from trustctl.engines.linux.child.serve import main  # noqa: E402 - after the patch

if __name__ == "__main__":
    main()
