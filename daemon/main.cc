#include "daemon/cli/cli.h"

int main(int argc, char** argv) { return leeway::cli::run(argc, argv); }
