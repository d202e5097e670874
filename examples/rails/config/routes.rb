Rails.application.routes.draw do
  root "greetings#index"
end
