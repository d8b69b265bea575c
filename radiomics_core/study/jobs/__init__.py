"""Jobs: started once, done in a process of their own, resumed after a crash."""
