"""What `trust_ad_site.ps1` takes and gives; the action plugin of the same name compares and decides."""

DOCUMENTATION = r"""
---
module: trust_ad_site
short_description: An Active Directory site with its subnets and site links
description:
  - One site as a whole. Subnets and site links that nobody names stay as they are.
options:
  name:
    description: Name of the site.
    type: str
    required: true
  description:
    description: What the site is.
    type: str
  location:
    description: Where it is, as printers look for it.
    type: str
  subnets:
    description: The subnets that belong to it.
    type: list
    elements: dict
    suboptions:
      prefix:
        description: As C(10.11.0.0/16).
        type: str
        required: true
      description:
        description: What the subnet is.
        type: str
      location:
        description: Where it is.
        type: str
  links:
    description: The site links that it stands in. They must exist.
    type: list
    elements: str
  operation:
    description: Used by the action plugin; leave it out in tasks.
    type: str
    choices: [read, set]
    default: set
notes:
  - In check mode nothing is set, and what would be is shown. That works before the thing is there.
author: trustctl
"""

EXAMPLES = r"""
- name: "Directory | The site of a school"
  trust_ad_site:
    name: Oakfield
    location: Oakfield
    subnets:
      - prefix: 10.11.0.0/16
        description: Oakfield
    links: [DEFAULTIPSITELINK]
"""

RETURN = r"""
value:
  description: The properties above, or null where there is no such site.
  returned: when operation is read
  type: dict
facts:
  description:
    - C(links) the names of all site links, C(subnets) every subnet that belongs to another site or to none, with that
      site's name as C(site).
  returned: when operation is read
  type: dict
"""
