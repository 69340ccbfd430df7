"""What an event, a segment, a scope and an error is: plain frozen types that every room shares."""
