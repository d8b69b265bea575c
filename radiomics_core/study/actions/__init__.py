"""What a user can do with a study: one function per action, called by the pages and by the command line alike."""
