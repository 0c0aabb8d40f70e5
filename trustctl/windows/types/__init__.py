"""Every type of resource, one file for each subject. Importing this package makes them known (`resource.TYPES`)."""
