#include "spec/workers.h"

#include <fmt/format.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <map>
#include <stdexcept>

namespace tine::spec {
namespace {

struct Worker {
  size_t index = 0;
  int answer_fd = -1;  // an anonymous file: the worker writes, we read when it has ended
};

void write_all(int fd, const std::string& text) {
  for (size_t at = 0; at < text.size();) {
    const ssize_t n = write(fd, text.data() + at, text.size() - at);
    if (n <= 0) _exit(3);
    at += static_cast<size_t>(n);
  }
}

std::string read_all(int fd) {
  std::string text;
  char buffer[4096];
  lseek(fd, 0, SEEK_SET);
  for (ssize_t n; (n = read(fd, buffer, sizeof buffer)) > 0;)
    text.append(buffer, static_cast<size_t>(n));
  return text;
}

pid_t start(const Worker& worker, const std::function<std::string(size_t)>& job) {
  std::fflush(stdout);
  const pid_t pid = fork();
  if (pid < 0) throw std::runtime_error("cannot fork");
  if (pid == 0) {
    write_all(worker.answer_fd, job(worker.index));
    _exit(0);
  }
  return pid;
}

}  // namespace

void run_workers(size_t count, size_t width, const std::function<std::string(size_t)>& job,
                 const std::function<void(size_t, const Answer&)>& done) {
  std::map<pid_t, Worker> running;
  std::map<size_t, Answer> finished;
  size_t next_to_start = 0;
  size_t next_to_report = 0;
  while (next_to_report < count) {
    while (next_to_start < count && running.size() < width) {
      const Worker worker{next_to_start++, memfd_create("answer", 0)};
      running.emplace(start(worker, job), worker);
    }
    int status = 0;
    const pid_t pid = wait(&status);
    const auto it = running.find(pid);
    if (it == running.end()) throw std::runtime_error("lost a worker");
    Answer& answer = finished[it->second.index];
    answer.text = read_all(it->second.answer_fd);
    close(it->second.answer_fd);
    answer.has_died = !WIFEXITED(status) || WEXITSTATUS(status) != 0;
    if (answer.has_died)
      answer.text = WIFSIGNALED(status) ? fmt::format("killed by signal {}", WTERMSIG(status))
                                        : fmt::format("exit code {}", WEXITSTATUS(status));
    running.erase(it);
    for (auto f = finished.find(next_to_report); f != finished.end();
         f = finished.find(next_to_report)) {
      done(next_to_report++, f->second);
      finished.erase(f);
    }
  }
}

}  // namespace tine::spec
