"""The audit's checks come with their own issue; this is their room."""
