"""The command line `alexdb`: the only place that knows options, exit statuses and terminals."""
