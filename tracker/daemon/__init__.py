"""The service: reads each board when it is due, and sends the news."""
