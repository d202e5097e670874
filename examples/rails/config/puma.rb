port ENV.fetch("PORT", 8080)

# Process 1 of a container cannot end by a signal: without this, a graceful stop has exit status 1.
raise_exception_on_sigterm false
