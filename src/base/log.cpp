#include "base/log.hpp"

#include <spdlog/sinks/stdout_color_sinks.h>

namespace postroom::base {

void set_up_log(LogLevel level) {
  auto logger = spdlog::stderr_color_st("postroom");
  logger->set_pattern("%Y-%m-%dT%H:%M:%S%z %l %v");
  switch (level) {
    case LogLevel::quiet:
      logger->set_level(spdlog::level::err);
      break;
    case LogLevel::normal:
      logger->set_level(spdlog::level::warn);
      break;
    case LogLevel::verbose:
      logger->set_level(spdlog::level::info);
      break;
    case LogLevel::trace:
      logger->set_level(spdlog::level::trace);
      break;
  }
  spdlog::set_default_logger(std::move(logger));
}

}  // namespace postroom::base
