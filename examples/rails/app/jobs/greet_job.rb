class GreetJob < ActiveJob::Base
  def perform(name)
    logger.info "Hello from #{name}"
  end
end
