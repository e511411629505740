// CurlLoop: libcurl's multi interface on the loop of the task that asks. Internal to net/.
//
// Owns the pool of connections. While no transfer runs it holds nothing of the loop, so that it may
// outlive one.
#pragma once

#include <memory>

#include <curl/curl.h>

#include "net/child.hpp"

namespace postroom::net {

// One easy handle on its way; CURLOPT_PRIVATE of the handle points to it.
struct CurlTransfer {
  explicit CurlTransfer(const boost::asio::any_io_executor& executor) : bell(executor) {}
  Bell bell;  // rung when it has ended
  bool ended = false;
  CURLcode result = CURLE_OK;
};

class CurlLoop {
 public:
  CurlLoop();
  CurlLoop(const CurlLoop&) = delete;
  CurlLoop& operator=(const CurlLoop&) = delete;
  ~CurlLoop();

  // `easy` runs on `executor`'s loop until it has ended or is removed. Throws Error{internal} when
  // transfers run on another loop.
  void add(CURL* easy, const boost::asio::any_io_executor& executor);
  void remove(CURL* easy) noexcept;

  // TLS sessions, shared by all transfers for resumption.
  CURLSH* share() noexcept;

 private:
  struct State;
  std::shared_ptr<State> state_;
};

}  // namespace postroom::net
