# Third-party libraries, each under one target name. Only the module named beside it may link it.
find_package(PkgConfig REQUIRED)
find_package(Threads REQUIRED)
find_package(Boost 1.81 REQUIRED)          # base (the awaitable type), net
find_package(OpenSSL 3.0 REQUIRED)     # net
find_package(CURL 7.87 REQUIRED)       # net (HttpClient)
find_package(SQLite3 REQUIRED)         # state
find_package(fmt REQUIRED)             # everyone, through base
find_package(spdlog REQUIRED)          # base
find_package(date REQUIRED)            # base
find_package(nlohmann_json REQUIRED)   # base (value_json), flow, cli
find_package(CLI11 REQUIRED)           # cli
find_package(GTest REQUIRED)
find_package(Python3 REQUIRED COMPONENTS Interpreter)   # tests
pkg_check_modules(GMIME REQUIRED IMPORTED_TARGET gmime-3.0)    # mime
pkg_check_modules(IDN2 REQUIRED IMPORTED_TARGET libidn2)       # base (domain names beyond ASCII)
pkg_check_modules(YTNEF REQUIRED IMPORTED_TARGET libytnef)     # mime_test, to compare with
pkg_check_modules(GSASL REQUIRED IMPORTED_TARGET libgsasl)     # auth
pkg_check_modules(YAMLCPP REQUIRED IMPORTED_TARGET yaml-cpp)   # flow
pkg_check_modules(RE2 REQUIRED IMPORTED_TARGET re2)            # base (matching user patterns)
pkg_check_modules(LUA REQUIRED IMPORTED_TARGET lua5.4-c++)     # flow
