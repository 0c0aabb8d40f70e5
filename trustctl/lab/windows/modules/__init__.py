"""What each module of Ansible does to a simulated Windows host; every file is loaded by itself."""
