"""Windows hosts by Ansible, which runs in a child process of its own: nothing here imports it.

`process` runs a playbook and hears its events, `reading` makes resources of them, `inventory` says what Ansible is
told, `session` and `engine` are what plan and apply know. `callback` is loaded by Ansible alone.
"""

from __future__ import annotations
