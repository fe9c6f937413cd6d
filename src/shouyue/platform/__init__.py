"""What an open platform is: APIs as data, certification, apps, grants, pushed messages."""
