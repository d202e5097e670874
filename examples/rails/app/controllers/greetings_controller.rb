class GreetingsController < ActionController::API
  def index
    job = GreetJob.perform_later("web")
    render json: { queued: job.job_id }
  end
end
